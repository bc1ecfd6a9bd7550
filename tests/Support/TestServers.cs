using RedisCluster.Servers;

namespace Support;

/// <summary>The server programs that tests start. Where there is none the test is skipped with the reason, or fails when CI=true.</summary>
internal static class TestServers
{
    private static readonly Lazy<Task<RedisServer>> Found = new(() => FoundServers.FindAsync(path: null, CancellationToken.None));

    /// <summary>The one that the application itself would start.</summary>
    public static Task<RedisServer> DefaultAsync() => OrSkipAsync(() => Found.Value);

    /// <summary>The one of a Debian suite, unpacked beside the others.</summary>
    public static Task<RedisServer> OfSuiteAsync(string package, string suite) =>
        OrSkipAsync(() => new DebianServerPackage(package, suite).UnpackAsync(UserCache.Folder("servers"), _ => { }, Runner.Token));

    private static async Task<RedisServer> OrSkipAsync(Func<Task<RedisServer>> find)
    {
        try
        {
            return await find();
        }
        catch (RedisServerNotFoundException exception)
        {
            Runner.SkipUnlessInCI(exception.Message);
            throw;
        }
    }
}
