using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Run;

/// <summary>The way to one node: keeps a connection between questions and opens a new one when it broke.</summary>
internal sealed class NodeLink(IRedisClusterNode node) : IAsyncDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private NodeConnection? _connection;

    public IRedisClusterNode Node => node;

    /// <summary>Asks one question, waiting a second for the answer unless told otherwise.</summary>
    /// <exception cref="NodeUnreachableException">No connection or no answer in time.</exception>
    /// <exception cref="NodeErrorException">The node answered with an error.</exception>
    public async Task<NodeReply> AskAsync(IReadOnlyList<NodeArgument> command, CancellationToken cancellationToken, TimeSpan? answer = null)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(answer ?? Answer);
        try
        {
            // A kept connection may have died with the node's last run; a new one shows whether the node is there now.
            var kept = _connection is not null;
            try
            {
                return await AskOnceAsync(command, bounded.Token);
            }
            catch (Exception broken) when (kept && broken is IOException or SocketException)
            {
                return await AskOnceAsync(command, bounded.Token);
            }
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            throw new NodeUnreachableException($"{node.Name} (localhost:{node.Port}) is not reachable: {cause.Message}", cause);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeUnreachableException($"{node.Name} (localhost:{node.Port}) does not answer.", cause);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        _oneAtATime.Dispose();
    }

    private async Task<NodeReply> AskOnceAsync(IReadOnlyList<NodeArgument> command, CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= await NodeConnection.OpenAsync(
                node.Port, await node.Cluster.PasswordParameter.GetValueAsync(cancellationToken) ?? "", cancellationToken);
            return await _connection.AskAsync(command, cancellationToken);
        }
        catch (Exception cause) when (cause is not NodeErrorException)
        {
            // After a half-read reply the next one would be read as this one.
            await DropAsync();
            throw;
        }
    }

    private async ValueTask DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}

/// <summary>A node could not be asked.</summary>
internal sealed class NodeUnreachableException(string message, Exception cause) : Exception(message, cause);
