namespace RedisCluster.Servers;

/// <summary>For whom a server is searched: advice names what its user can set, and nothing else.</summary>
/// <param name="PathSetting">The setting for the server's path; null where there is none.</param>
/// <param name="HasContainers">Whether nodes can be containers instead.</param>
internal sealed record ServerHost(string? PathSetting, bool HasContainers);

/// <summary>Where a machine may have a server, and what to tell its user when it has none.</summary>
internal sealed record ServerSearch(
    IReadOnlyList<string> Folders, string CacheFolder, bool HasDebianPackages, string ProgramSuffix, ServerHost Host, string Advice)
{
    public static ServerSearch OnThisMachine(ServerHost host)
    {
        var release = OperatingSystem.IsLinux() ? LinuxRelease.Read() : LinuxRelease.Unknown;
        return new ServerSearch(
            [.. PathFolders(), .. WellKnownFolders()],
            UserCache.Folder("servers"),
            release.IsDebianLike && File.Exists("/usr/bin/apt-get"),
            OperatingSystem.IsWindows() ? ".exe" : "",
            host,
            AdviceFor(release, host));
    }

    /// <summary>Existing files in the order of preference: the first program in every folder, then the next program.</summary>
    public IEnumerable<string> Candidates(IEnumerable<string> programs) =>
        from program in programs
           from folder in Folders
           let path = Path.GetFullPath(Path.Combine(folder, program + ProgramSuffix))
           where File.Exists(path)
           select path;

    private static string[] PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    // An IDE started from the macOS dock does not have the shell's PATH, so Homebrew's folders are named here.
    private static string[] WellKnownFolders() =>
        OperatingSystem.IsMacOS() ? ["/opt/homebrew/bin", "/usr/local/bin"] : [];

    internal static string AdviceFor(LinuxRelease release, ServerHost host)
    {
        if (OperatingSystem.IsWindows())
        {
            return $"Redis has no build for Windows: {(host.HasContainers ? "start Docker Desktop or Podman to run the nodes as containers, or " : "")}work inside WSL.";
        }

        var install = OperatingSystem.IsMacOS() ? "brew install redis" : release.InstallCommand;
        return (install is null ? "Install Redis 7.0 or newer or Valkey" : $"Install it with '{install}'")
            + (host.HasContainers ? ", or run the nodes as containers (start Docker or Podman)" : "") + (host.PathSetting is { } setting ? $", or set {setting}." : ".");
    }
}
