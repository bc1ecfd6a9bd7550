namespace RedisCluster.Servers;

/// <summary>
/// Finds the server for nodes that run as processes: the configured path, then PATH, then the user's cache, into which
/// the distribution's own package is unpacked on Debian and Ubuntu.
/// </summary>
internal static class RedisServerLocator
{
    /// <summary>All that make a Redis Cluster, in the order of preference.</summary>
    public static readonly IReadOnlyList<string> AllPrograms = ["redis-server", "valkey-server"];

    /// <summary>Finds a server on this machine, fetching one where that is possible.</summary>
    /// <param name="host">For whom it is searched.</param>
    /// <param name="configuredPath">The value of the host's setting; when set, nothing else is tried.</param>
    /// <param name="progress">Receives a line for each step that takes time.</param>
    /// <param name="cancellationToken">Ends the search, running tools included.</param>
    /// <param name="programs">The names that will do, in the order of preference; null takes <see cref="AllPrograms"/>.</param>
    /// <exception cref="RedisServerNotFoundException">Nothing usable: the message says what to install.</exception>
    public static Task<RedisServer> FindAsync(ServerHost host, string? configuredPath, Action<string> progress, CancellationToken cancellationToken, IReadOnlyList<string>? programs = null) =>
        FindAsync(ServerSearch.OnThisMachine(host), configuredPath, progress, cancellationToken, programs);

    internal static async Task<RedisServer> FindAsync(
        ServerSearch search, string? configuredPath, Action<string> progress, CancellationToken cancellationToken, IReadOnlyList<string>? programs = null)
    {
        programs ??= AllPrograms;
        var expected = $"{string.Join(" or ", programs)} {RedisServer.OldestSupported} or newer";
        if (!string.IsNullOrWhiteSpace(configuredPath))
        {
            return await AskConfiguredAsync(search.Host, configuredPath, programs, expected, cancellationToken);
        }

        // A program of one name can be the other server: distributions link redis-server to valkey-server.
        foreach (var path in search.Candidates(programs))
        {
            var found = await RedisServer.AskAsync(path, cancellationToken);
            if (found is { IsSupported: true } && programs.Contains(found.Program))
            {
                return found;
            }

            progress(found is null ? $"{path} does not say its version; looking further."
                : found.IsSupported ? $"{found} is not {expected}; looking further."
                : $"{found} is older than {RedisServer.OldestSupported}; looking further.");
        }

        if (!search.HasDebianPackages)
        {
            throw new RedisServerNotFoundException($"No {expected} on PATH. {search.Advice}");
        }

        try
        {
            return await new DebianServerPackage(programs[0]).UnpackAsync(search.CacheFolder, progress, cancellationToken);
        }
        catch (Exception cause) when (cause is RedisServerNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new RedisServerNotFoundException(
                $"No {expected} on PATH, and the distribution's package could not be used: {cause.Message.TrimEnd('.')}. {search.Advice}");
        }
    }

    private static async Task<RedisServer> AskConfiguredAsync(ServerHost host, string path, IReadOnlyList<string> programs, string expected, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new RedisServerNotFoundException(
                $"{host.PathSetting} is '{path}', where there is no file. Give the full path of a redis-server or valkey-server, or remove the setting to have one searched.");
        }

        var found = await RedisServer.AskAsync(path, cancellationToken)
            ?? throw new RedisServerNotFoundException(
                $"{host.PathSetting} is '{path}', which does not answer --version as a redis-server or valkey-server does. Give the path of the server program itself.");
        return found.IsSupported && programs.Contains(found.Program)
            ? found
            : throw new RedisServerNotFoundException(
                $"{host.PathSetting} is '{path}', {found.Name} {found.Version}; {expected} is needed.");
    }
}
