namespace RedisCluster.Servers;

/// <summary>Folders of the current user for what this project fetches and keeps.</summary>
internal static class UserCache
{
    private const string Product = "redis-cluster-aspire";

    /// <summary>What can be fetched again: XDG_CACHE_HOME or ~/.cache on Linux, the local application data elsewhere.</summary>
    public static string Folder(string purpose) =>
        Path.Combine(
            OperatingSystem.IsLinux()
                ? Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Home(), ".cache")
                : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            Product,
            purpose);

    // A service account without a home still gets a folder that is its own.
    private static string Home() =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
            ? home
            : Path.Combine(Path.GetTempPath(), Environment.UserName);
}
