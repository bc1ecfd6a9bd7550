namespace RedisCluster.Servers;

/// <summary>apt with lists, cache and state in a folder of its own: works for an ordinary user and changes nothing of the system.</summary>
internal sealed class PrivateApt
{
    private const string DebianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private readonly string[] _options;

    private PrivateApt(string folder, IEnumerable<string> sources)
    {
        Folder = folder;
        string[] settings =
        [
            $"Dir::State={folder}",
            $"Dir::State::status={Path.Combine(folder, "status")}",
            $"Dir::Cache={Path.Combine(folder, "cache")}",
            "Acquire::Languages=none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            "Acquire::Retries=3",
            // As root apt would drop to a user that may not write here.
            "APT::Sandbox::User=root",
            .. sources,
        ];
        _options = [.. settings.SelectMany(setting => new[] { "-o", setting })];
    }

    public string Folder { get; }

    /// <summary>Prepares the folder; <paramref name="suite"/> is a Debian suite, null stands for the machine's own sources.</summary>
    public static async Task<PrivateApt> CreateAsync(string folder, string? suite, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(folder, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(folder, "cache", "archives", "partial"));
        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "", cancellationToken);
        if (suite is null)
        {
            return new PrivateApt(folder, []);
        }

        if (!File.Exists(DebianKeyring))
        {
            throw new RedisServerNotFoundException($"packages of Debian {suite} cannot be verified without {DebianKeyring} (package debian-archive-keyring).");
        }

        var list = Path.Combine(folder, "sources.list");
        await File.WriteAllTextAsync(list, $"deb [signed-by={DebianKeyring}] {await MirrorAsync(cancellationToken)} {suite} main\n", cancellationToken);
        return new PrivateApt(folder, [$"Dir::Etc::sourcelist={list}", "Dir::Etc::sourceparts=/dev/null"]);
    }

    /// <summary>Reads the lists. One broken third-party source fails this, though the package may be in another.</summary>
    public Task<ToolRun> UpdateAsync(CancellationToken cancellationToken) =>
        ToolRun.StartAsync("apt-get", [.. _options, "-q", "update"], cancellationToken);

    /// <summary>The upstream version that would be downloaded; null when no source has the package.</summary>
    public async Task<Version?> CandidateAsync(string package, CancellationToken cancellationToken) =>
        ReadCandidate((await ToolRun.StartAsync("apt-cache", [.. _options, "policy", package], cancellationToken)).Output);

    /// <summary>What the packages need directly; of alternatives the first.</summary>
    public async Task<IReadOnlyList<string>> DependsAsync(IEnumerable<string> packages, CancellationToken cancellationToken) =>
        ReadDepends((await ToolRun.StartAsync("apt-cache", [.. _options, "depends", "--important", .. packages], cancellationToken)).Output);

    /// <summary>Downloads packages and returns the paths of their archives.</summary>
    public async Task<IReadOnlyList<string>> DownloadAsync(IEnumerable<string> packages, CancellationToken cancellationToken)
    {
        var archives = Directory.CreateDirectory(Path.Combine(Folder, "debs")).FullName;
        var download = await ToolRun.StartAsync("apt-get", [.. _options, "-q", "download", .. packages], cancellationToken, archives);
        return download.Succeeded
            ? [.. Directory.EnumerateFiles(archives, "*.deb").Order(StringComparer.Ordinal)]
            : throw new RedisServerNotFoundException($"apt-get download: {download.Reason}.");
    }

    public static async Task<IReadOnlySet<string>> InstalledAsync(CancellationToken cancellationToken)
    {
        var answer = await ToolRun.StartAsync("dpkg-query", ["--show", "--showformat", "${db:Status-Status} ${Package}\n"], cancellationToken);
        return answer.Output.Split('\n')
            .Where(line => line.StartsWith("installed ", StringComparison.Ordinal))
            .Select(line => line["installed ".Length..])
            .ToHashSet();
    }

    //   Candidate: 5:7.0.15-1~deb12u10      Candidate: 9.1.2+dfsg-1      Candidate: (none)
    internal static Version? ReadCandidate(string policy)
    {
        const string Label = "Candidate:";
        var line = policy.Split('\n').FirstOrDefault(line => line.TrimStart().StartsWith(Label, StringComparison.Ordinal));
        var upstream = line?.Trim()[Label.Length..].Trim().Split(':')[^1].Split('-', '+', '~')[0];
        return Version.TryParse(upstream, out var version) ? version : null;
    }

    // redis-tools
    //   Depends: libc6
    //  |Depends: libfoo      first of several alternatives, the last one comes without the bar
    //   Depends: libbar
    //   PreDepends: <virtual>
    internal static IReadOnlyList<string> ReadDepends(string output)
    {
        var packages = new List<string>();
        var alternativeTaken = false;
        foreach (var line in output.Split('\n').Where(line => line.Contains("Depends: ", StringComparison.Ordinal)))
        {
            var isAlternative = line.TrimStart().StartsWith('|');
            var package = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
            if (!alternativeTaken && !package.StartsWith('<'))
            {
                packages.Add(package.Split(':')[0]);
            }

            alternativeTaken = isAlternative;
        }

        return packages;
    }

    // The mirror that the machine itself uses for Debian, so that a proxy or a mirror near it is honoured.
    private static async Task<string> MirrorAsync(CancellationToken cancellationToken)
    {
        var codename = LinuxRelease.Read().Codename;
        var targets = await ToolRun.StartAsync("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"], cancellationToken);
        var own = targets.Output.Split('\n').Select(line => line.Split(' ')).FirstOrDefault(parts => parts.Length == 2 && parts[1] == codename);
        return own is not null && own[0].TrimEnd('/').EndsWith("/debian", StringComparison.Ordinal)
            ? own[0]
            : throw new RedisServerNotFoundException($"packages of another Debian suite come from the mirror of a Debian machine, and the package sources of {codename ?? "this system"} name none.");
    }
}
