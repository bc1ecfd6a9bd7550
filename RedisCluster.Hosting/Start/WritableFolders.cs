using RedisCluster.Hosting.Machine;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether the folders can be written without which AppHost does not start, or starts and then fails in another program's words.</summary>
internal static class WritableFolders
{
    /// <summary>Below that, the log of a node may soon be refused by the disk; an empty cluster takes less than 1 MiB.</summary>
    public const long LittleSpace = 64 * 1024 * 1024;

    // The orchestrator takes the home from this variable and nowhere else.
    private static readonly string HomeVariable = OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME";

    // Filled by the node's first words in its log and its first files.
    private static readonly byte[] Sample = new byte[256 * 1024];

    /// <summary>Aspire's orchestrator ends without its folder, and the start then waits for it without an end (DCP 0.26).</summary>
    public static string? ProblemOfHome() => ProblemOfHome(Environment.GetEnvironmentVariable(HomeVariable));

    internal static string? ProblemOfHome(string? home)
    {
        var what = $"Aspire's orchestrator (DCP) keeps its state in {HomeVariable}/.dcp and ends without it. Set {HomeVariable} to a folder that you may write to.";
        return string.IsNullOrEmpty(home) ? $"{HomeVariable} is not set; {what}"
            : WhyNotWritable(Path.Combine(home, ".dcp")) is { } reason ? $"{HomeVariable} is '{home}', where .dcp cannot be written: {reason}; {what}"
            : null;
    }

    /// <summary>Where process nodes keep their data.</summary>
    public static string? ProblemOfData(DataFolder folder) =>
        WhyNotWritable(folder.Path) is { } reason
            ? $"The data folder {folder.Path} cannot be written: {reason}. Make room or change its permissions{(OperatingSystem.IsLinux() && !folder.IsTemporary ? ", or set XDG_DATA_HOME to another folder" : "")}."
            : null;

    /// <summary>Bytes left on the disk where a folder is, or will be.</summary>
    public static long SpaceLeft(string folder) => new DriveInfo(NearestThatIsThere(folder)).AvailableFreeSpace;

    private static string? WhyNotWritable(string folder)
    {
        try
        {
            using var file = new FileStream(Path.Combine(NearestThatIsThere(folder), ".writable"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.DeleteOnClose);
            file.Write(Sample);
            file.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return cause.Message.TrimEnd('.');
        }
    }

    // Looking leaves nothing behind.
    private static string NearestThatIsThere(string folder) =>
        Path.Exists(folder) || Path.GetDirectoryName(folder) is not { } parent ? folder : NearestThatIsThere(parent);
}
