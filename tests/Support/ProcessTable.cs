using System.Globalization;

namespace Support;

/// <summary>A process of this machine, as Linux shows it.</summary>
internal sealed record RunningProcess(int Id, string CommandLine)
{
    public override string ToString() => $"{Id} {CommandLine}";
}

/// <summary>Finds the processes of one run by what they carry, so that nothing else on the machine is ever touched.</summary>
internal static class ProcessTable
{
    /// <summary>Processes that have the run's marker in their environment, or work in a folder that bears its name
    /// (redis-server overwrites its environment with its title).</summary>
    public static IReadOnlyList<RunningProcess> OfRun(string marker) => Read(folder =>
        Read(folder, "environ").Contains(marker, StringComparison.Ordinal) || WorkingDirectory(folder).Contains(marker, StringComparison.Ordinal));

    public static IReadOnlyList<RunningProcess> All() => Read(_ => true);

    private static IReadOnlyList<RunningProcess> Read(Predicate<string> isWanted) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(folder), out _) && isWanted(folder)
           let commandLine = Read(folder, "cmdline").Replace('\0', ' ').Trim()
           // A process that has ended but was not waited for by its parent has no command line any more.
           where commandLine.Length > 0
           select new RunningProcess(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), commandLine),
    ];

    private static string WorkingDirectory(string folder)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(folder, "cwd"), returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended in between, or another user's: neither is of this run.
            return "";
        }
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
