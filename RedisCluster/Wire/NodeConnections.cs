using System.Collections.Concurrent;
using RedisCluster.Topology;

namespace RedisCluster.Wire;

/// <summary>Connections to nodes, mostly one for each, opened when first needed and opened anew after they broke.</summary>
internal sealed class NodeConnections(string? user, string? password, TimeSpan? answerTimeout = null) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(NodeAddress Node, int Number), NodeConnection> _open = new();

    public string? User => user;

    public string? Password => password;

    /// <summary>The node's connection.</summary>
    /// <param name="node">The node.</param>
    /// <param name="patience">How long to ask a node that does not answer yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NodeException">It does not answer, or not to us.</exception>
    public Task<NodeConnection> GetAsync(NodeAddress node, TimeSpan patience, CancellationToken cancellationToken) =>
        GetAsync(node, number: 0, patience, cancellationToken);

    /// <summary>That connection and further ones, for commands that each hold up what follows on theirs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NodeException">It does not answer, or not to us.</exception>
    public Task<NodeConnection[]> GetAsync(NodeAddress node, int count, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => GetAsync(node, number, TimeSpan.Zero, cancellationToken)));

    /// <summary>Sends one command to one node.</summary>
    /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
    public async Task<Reply> SendAsync(NodeAddress node, object[] command, CancellationToken cancellationToken) =>
        await (await GetAsync(node, TimeSpan.Zero, cancellationToken)).SendAsync(command, cancellationToken);

    /// <summary>Forgets connections that no longer answer: their node may come back as another process.</summary>
    public Task DropAsync(NodeAddress node) => Task.WhenAll(_open.Where(open => open.Key.Node == node).Select(DropAsync));

    public async ValueTask DisposeAsync() => await Task.WhenAll(_open.Select(DropAsync));

    private async Task<NodeConnection> GetAsync(NodeAddress node, int number, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue((node, number), out var open))
        {
            if (open.IsOpen)
            {
                return open;
            }

            await DropAsync(KeyValuePair.Create((node, number), open));
        }

        var opened = await NodeConnection.OpenAsync(node, user, password, patience, cancellationToken, answerTimeout);
        var connection = _open.GetOrAdd((node, number), opened);
        if (connection != opened)
        {
            await opened.DisposeAsync();
        }

        return connection;
    }

    // This very connection: another caller may have opened the next one meanwhile.
    private async Task DropAsync(KeyValuePair<(NodeAddress Node, int Number), NodeConnection> open)
    {
        _open.TryRemove(open);
        await open.Value.DisposeAsync();
    }
}
