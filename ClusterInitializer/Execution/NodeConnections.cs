using System.Collections.Concurrent;
using ClusterInitializer.Topology;

namespace ClusterInitializer.Execution;

/// <summary>One connection for each node, opened when first needed and opened anew after it broke.</summary>
internal sealed class NodeConnections(string? user, string? password) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<NodeAddress, NodeConnection> _open = new();

    public string? User => user;

    public string? Password => password;

    /// <summary>The node's connection.</summary>
    /// <param name="node">The node.</param>
    /// <param name="patience">How long to ask a node that does not answer yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NodeException">It does not answer, or not to us.</exception>
    public async Task<NodeConnection> GetAsync(NodeAddress node, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(node, out var open))
        {
            return open;
        }

        var opened = await NodeConnection.OpenAsync(node, user, password, patience, cancellationToken);
        var connection = _open.GetOrAdd(node, opened);
        if (connection != opened)
        {
            await opened.DisposeAsync();
        }

        return connection;
    }

    /// <summary>Sends one command to one node.</summary>
    /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
    public async Task<Reply> SendAsync(NodeAddress node, object[] command, CancellationToken cancellationToken) =>
        await (await GetAsync(node, TimeSpan.Zero, cancellationToken)).SendAsync(command, cancellationToken);

    /// <summary>Forgets a connection that no longer answers: its node may come back as another process.</summary>
    public async Task DropAsync(NodeAddress node)
    {
        if (_open.TryRemove(node, out var connection))
        {
            await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_open.Keys.Select(DropAsync));
}
