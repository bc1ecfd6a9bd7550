using IntegrationTests.Client;
using Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A test with real nodes: on failure it prints what each node thought and logged, and always removes them.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    private readonly List<RedisNodes> _started = [];

    protected static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    internal async Task<RedisNodes> StartNodesAsync(int count, RedisServer? server = null) => Keep(await RedisNodes.StartAsync(count, server));

    /// <summary>Three shards with a replica each: <see cref="FormedCluster"/>.</summary>
    internal async Task<RedisNodes> StartClusterAsync(int nodeTimeoutMilliseconds = 5000)
    {
        var nodes = await StartNodesAsync(6);
        await FormedCluster.FormAsync(nodes, nodeTimeoutMilliseconds);
        return nodes;
    }

    internal Task<RedisNodes> StartNodesBehindPublishedPortsAsync(int count) => StartOnLinuxAsync(() => RedisNodes.StartBehindPublishedPortsAsync(count));

    internal Task<RedisNodes> StartNodesOnOwnAddressesAsync(int count) => StartOnLinuxAsync(() => RedisNodes.StartOnOwnAddressesAsync(count));

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var nodes in _started)
        {
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(await nodes.DescribeAsync());
            }

            await nodes.DisposeAsync();
        }
    }

    private async Task<RedisNodes> StartOnLinuxAsync(Func<Task<RedisNodes>> start)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux listens on every 127.x.x.x address without preparation.");
        return Keep(await start());
    }

    private RedisNodes Keep(RedisNodes nodes)
    {
        lock (_started)
        {
            _started.Add(nodes);
        }

        return nodes;
    }
}
