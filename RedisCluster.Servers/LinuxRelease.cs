namespace RedisCluster.Servers;

/// <summary>The Linux distribution, as /etc/os-release names it.</summary>
internal sealed record LinuxRelease(IReadOnlyList<string> Families, string? Codename)
{
    public static readonly LinuxRelease Unknown = new([], null);

    public bool IsDebianLike => Families.Contains("debian") || Families.Contains("ubuntu");

    /// <summary>How to install a server here; null where that is not known.</summary>
    public string? InstallCommand =>
        IsDebianLike ? "sudo apt-get install redis-server"
            : Families.Contains("fedora") || Families.Contains("rhel") ? "sudo dnf install valkey"
            : Families.Contains("arch") ? "sudo pacman -S valkey"
            : Families.Contains("alpine") ? "apk add valkey"
            : Families.Contains("suse") || Families.Contains("opensuse") ? "sudo zypper install valkey"
            : null;

    public static LinuxRelease Read() =>
        File.Exists("/etc/os-release") ? Parse(File.ReadAllText("/etc/os-release")) : Unknown;

    // ID=ubuntu / ID_LIKE="rhel centos fedora" / VERSION_CODENAME=bookworm; values may be quoted.
    internal static LinuxRelease Parse(string text)
    {
        var fields = text.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0].Trim(), parts => parts[1].Trim().Trim('"', '\''));
        return new LinuxRelease(
            [.. $"{fields["ID"].FirstOrDefault()} {fields["ID_LIKE"].FirstOrDefault()}".Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            fields["VERSION_CODENAME"].FirstOrDefault());
    }
}
