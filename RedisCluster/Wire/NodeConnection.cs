using System.Diagnostics;
using System.Net.Sockets;
using RedisCluster.Topology;

namespace RedisCluster.Wire;

/// <summary>Sends one command to one node.</summary>
/// <exception cref="NodeException">It does not answer, or with an error.</exception>
internal delegate Task<Reply> NodeCommand(object[] command, CancellationToken cancellationToken);

/// <summary>An authenticated connection to one node, whose failures name the node.</summary>
internal sealed class NodeConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private readonly RespConnection _connection;

    private readonly TimeSpan _answerTimeout;

    private NodeConnection(NodeAddress address, RespConnection connection, TimeSpan answerTimeout)
    {
        _answerTimeout = answerTimeout;
        Address = address;
        _connection = connection;
    }

    /// <summary>The address as configured or announced, which is also how messages name the node.</summary>
    public NodeAddress Address { get; }

    /// <summary>Whether it can still be used. The node may be gone nevertheless, which the next command shows.</summary>
    public bool IsOpen => _connection.IsOpen;

    /// <summary>Connects as soon as the node answers commands, asking again every few milliseconds, and less often the longer it takes.</summary>
    /// <param name="address">The node.</param>
    /// <param name="user">The ACL user; null for the default one.</param>
    /// <param name="password">The password; null for none.</param>
    /// <param name="patience">How long to ask a node that does not answer yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="answerTimeout">How long each command may take later; 10 s unless said.</param>
    /// <exception cref="NodeUnreachableException">It did not answer within the time; the message says how the last attempt failed.</exception>
    /// <exception cref="NodeRefusedException">It rejects the password.</exception>
    public static async Task<NodeConnection> OpenAsync(
        NodeAddress address, string? user, string? password, TimeSpan patience, CancellationToken cancellationToken, TimeSpan? answerTimeout = null)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await OpenOnceAsync(address, user, password, answerTimeout ?? LongestAnswer, cancellationToken);
            }
            catch (NodeException exception) when (exception is NodeUnreachableException or NodeRefusedException { IsTransient: true })
            {
                if (Stopwatch.GetElapsedTime(start) >= patience)
                {
                    throw exception is NodeRefusedException refused ? new NodeUnreachableException(address, refused.Error, refused) : exception;
                }
            }

            // A process answers soon, a container takes seconds.
            await Task.Delay(Until.PauseAfter(Stopwatch.GetElapsedTime(start), ShortestPause), cancellationToken);
        }
    }

    /// <summary>Sends one command. Commands that are sent without waiting in between travel together.</summary>
    /// <exception cref="NodeRefusedException">The node answered with an error.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke before the answer came, or it did not come in time.</exception>
    public Task<Reply> SendAsync(object[] command, CancellationToken cancellationToken) => SendAsync(command, _answerTimeout, cancellationToken);

    /// <summary>Sends one command that may take so long.</summary>
    /// <exception cref="NodeRefusedException">The node answered with an error.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke before the answer came, or it did not come in time.</exception>
    public async Task<Reply> SendAsync(object[] command, TimeSpan within, CancellationToken cancellationToken)
    {
        var reply = await AnswerAsync(_connection.SendAsync(command), within, () => Describe(command), cancellationToken);
        return reply.Error is { } error ? throw new NodeRefusedException(Address, Describe(command), error) : reply;
    }

    /// <summary>
    /// Sends commands that the node carries out in one moment, nobody else's in between. One that fails when its turn comes does not keep the next from being
    /// tried; one that is refused beforehand (EXECABORT) keeps all of them.
    /// </summary>
    /// <exception cref="NodeRefusedException">The node refused one of them; the message is about the last one refused.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke before the answer came.</exception>
    public async Task SendAtOnceAsync(IReadOnlyList<object[]> commands, TimeSpan within, CancellationToken cancellationToken)
    {
        var replies = await AnswerAsync(
            Task.WhenAll(_connection.Send([["MULTI"], .. commands, ["EXEC"]])), within, () => string.Join(", ", commands.Select(Describe)), cancellationToken);
        var queued = replies[1..^1];
        var done = replies[^1].Items;
        for (var index = commands.Count - 1; index >= 0; index--)
        {
            if ((done.ElementAtOrDefault(index)?.Error ?? queued[index].Error) is { } refusal)
            {
                throw new NodeRefusedException(Address, Describe(commands[index]), refusal);
            }
        }

        if ((replies[0].Error ?? replies[^1].Error) is { } error)
        {
            throw new NodeRefusedException(Address, "EXEC", error);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<NodeConnection> OpenOnceAsync(NodeAddress address, string? user, string? password, TimeSpan answerTimeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        RespConnection? connection = null;
        try
        {
            connection = await RespConnection.ConnectAsync(address.Host, address.Port, limit.Token);
            object[] greeting = password is null ? ["PING"] : user is null ? ["AUTH", password] : ["AUTH", user, password];
            var answer = await connection.SendAsync(greeting).WaitAsync(limit.Token);

            // A password where none is needed does no harm.
            if (answer.Error is { } error && !error.StartsWith("ERR AUTH", StringComparison.Ordinal))
            {
                throw new NodeRefusedException(address, (string)greeting[0], error);
            }

            var opened = new NodeConnection(address, connection, answerTimeout);
            connection = null;
            return opened;
        }
        catch (SocketException exception)
        {
            throw new NodeUnreachableException(address, exception.SocketErrorCode is SocketError.ConnectionRefused ? "connection refused" : exception.Message, exception);
        }
        catch (IOException exception)
        {
            throw new NodeUnreachableException(address, exception.GetBaseException().Message, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeUnreachableException(address, $"no answer within {ConnectTimeout.TotalSeconds:0} s", exception);
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task<T> AnswerAsync<T>(Task<T> answer, TimeSpan within, Func<string> command, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(within, cancellationToken);
        }
        catch (IOException exception)
        {
            throw new NodeUnreachableException(Address, $"no answer to {command()}: {exception.Message}", exception);
        }
        catch (TimeoutException exception)
        {
            throw new NodeUnreachableException(Address, $"no answer to {command()} within {within.TotalSeconds:0.#} s", exception);
        }
    }

    // Only words that name the command: what follows may be keys or a password.
    private static string Describe(object[] command) =>
        command[0] is "CLUSTER" or "CONFIG" or "CLIENT" or "INFO" ? string.Join(' ', command) : (string)command[0];
}
