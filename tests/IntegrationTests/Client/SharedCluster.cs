using IntegrationTests.Client;
using Support;
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

    /// <summary>
    /// Waits until a node has a key that matches. Caches of ASP.NET Core answer first and store then, so who saw the answer may ask elsewhere before the cluster has it.
    /// </summary>
    internal async Task WaitUntilStoredAsync(string pattern)
    {
        var nodes = await NodesAsync();
        await Eventually.HoldsAsync($"a key like {pattern}", async _ =>
        {
            foreach (var node in nodes.All)
            {
                if ((await node.AskAsync("KEYS", pattern)).Items.Count > 0)
                {
                    return true;
                }
            }

            return false;
        }, TimeSpan.FromSeconds(5));
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
