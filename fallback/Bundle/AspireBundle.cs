namespace Aspire.Hosting.Bundle;

/// <summary>The installed bundle when it is recent enough, else one that is fetched once into the user's cache.</summary>
/// <param name="progress">Receives the lines that tell what is being fetched.</param>
/// <param name="aspireHome">The Aspire CLI's folder; it is only read.</param>
/// <param name="cache">The folder that holds what this application fetched.</param>
internal sealed class AspireBundle(Action<string> progress, string aspireHome, string cache) : IAspireBundle, IDisposable
{
    public const string Version = "13.5.4";

    /// <summary>The orchestrator and the dashboard ask at the same time.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public AspireBundle() : this(Console.Out.WriteLine, InstalledBundle.Home, UserCache)
    {
    }

    public async Task<BundleLocation> GetAsync(CancellationToken cancellationToken)
    {
        if (InstalledBundle.Find(aspireHome) is { } installed)
        {
            return installed;
        }

        var package = NpmPackage.ForThisPlatform(Version);
        var folder = Path.Combine(cache, $"aspire-{package.Platform}-{Version}");
        var fetched = BundleLocation.In(folder);
        if (fetched.Exists)
        {
            return fetched;
        }

        Directory.CreateDirectory(cache);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var _ = await LockAsync(folder + ".lock", cancellationToken);
            if (!fetched.Exists)
            {
                await FetchAsync(package, folder, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        return fetched;
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>All work happens in a folder beside the final one, which then appears by a rename: whole or not at all.</summary>
    private async Task FetchAsync(NpmPackage package, string folder, CancellationToken cancellationToken)
    {
        var partial = folder + ".partial";
        DeleteIfThere(partial);
        Directory.CreateDirectory(partial);
        try
        {
            var archive = await package.DownloadAsync(partial, progress, cancellationToken);
            progress("Unpacking the Aspire orchestrator and dashboard...");
            var bundle = await BundleSetup.ExtractAsync(archive, partial, cancellationToken);
            DeleteIfThere(folder);
            Directory.Move(bundle, folder);
            progress($"The Aspire orchestrator and dashboard {Version} are in {folder}.");
        }
        finally
        {
            DeleteIfThere(partial);
        }
    }

    /// <summary>An exclusively opened file: the system frees it even when its holder is killed.</summary>
    private async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (attempt == 0)
                {
                    progress("Another process is fetching the Aspire orchestrator and dashboard; waiting for it...");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static string UserCache
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var caches = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg
                : Path.Combine(home, ".cache");
            return Path.Combine(caches, "redis-cluster-aspire");
        }
    }
}
