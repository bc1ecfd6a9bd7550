namespace RedisCluster.Hosting.Machine;

/// <summary>A file that only its owner can read, from its first byte on.</summary>
internal static class OwnerOnlyFile
{
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

            // The mode counts only for a new file.
            File.Delete(path);
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }
}
