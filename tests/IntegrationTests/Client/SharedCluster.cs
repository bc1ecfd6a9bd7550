using IntegrationTests.Client;
using IntegrationTests.Servers;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedCluster))]

namespace IntegrationTests.Client;

/// <summary>One cluster for all tests that break nothing; formed when the first of them asks.</summary>
public sealed class SharedCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private RedisNodes? _nodes;

    internal async Task<RedisNodes> NodesAsync()
    {
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_nodes is null)
            {
                var nodes = await RedisNodes.StartAsync(6);
                await FormedCluster.FormAsync(nodes);
                _nodes = nodes;
            }

            return _nodes;
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _once.Dispose();
        if (_nodes is not null)
        {
            await _nodes.DisposeAsync();
        }
    }
}
