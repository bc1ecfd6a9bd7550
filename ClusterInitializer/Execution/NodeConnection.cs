using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ClusterInitializer.Topology;

namespace ClusterInitializer.Execution;

/// <summary>
/// One node as the initializer speaks to it: one connection to exactly this address. A driver for applications would ask the cluster for its nodes and
/// connect to all that it is told of, and these are the very addresses that are to be repaired.
/// </summary>
internal sealed class NodeConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);

    // Long commands (MIGRATE of a big key) bound themselves; everything else is bounded by the caller's token.
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly NetworkStream _stream;
    private readonly ReplyReader _replies;
    private readonly Queue<TaskCompletionSource<Reply>> _waiting = new();
    private readonly Task _reading;
    private ArrayBufferWriter<byte> _unsent = new();
    private ArrayBufferWriter<byte> _underWay = new();
    private bool _isSending;
    private NodeUnreachableException? _broken;

    private NodeConnection(NodeAddress address, Socket socket)
    {
        Address = address;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _replies = new ReplyReader(_stream);
        _reading = ReadAsync();
    }

    /// <summary>The address as configured or announced, which is also how messages name the node.</summary>
    public NodeAddress Address { get; }

    /// <summary>No command reaches the node any more on this connection.</summary>
    public bool IsBroken => _broken is not null;

    /// <summary>Connects as soon as the node answers, asking every few milliseconds.</summary>
    /// <exception cref="NodeUnreachableException">It did not answer within the time; the message says how the last attempt failed.</exception>
    /// <exception cref="NodeRefusedException">It rejects the password.</exception>
    public static async Task<NodeConnection> OpenAsync(NodeAddress address, string? user, string? password, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await OpenAsync(address, user, password, cancellationToken);
            }
            catch (NodeUnreachableException) when (Stopwatch.GetElapsedTime(start) < patience)
            {
                await Task.Delay(RetryPause, cancellationToken);
            }
        }
    }

    /// <summary>Sends one command. Commands that are sent without waiting in between travel together.</summary>
    /// <exception cref="NodeRefusedException">The node answered with an error.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke or no answer came.</exception>
    public async Task<Reply> SendAsync(object[] command, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await Enqueue([command])[0].WaitAsync(CommandTimeout, cancellationToken);
            return reply.Error is null ? reply : throw new NodeRefusedException(Address, Describe(command), reply.Error);
        }
        catch (TimeoutException exception)
        {
            throw new NodeUnreachableException(Address, $"no answer to {Describe(command)} within {CommandTimeout.TotalMinutes:0} min", exception);
        }
    }

    /// <summary>Sends commands that the node carries out in one moment, nobody else's in between. One that is refused does not keep the next from being tried.</summary>
    /// <exception cref="NodeRefusedException">The node refused one of them; the message is about the last one refused.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke or no answer came.</exception>
    public async Task SendAtOnceAsync(IReadOnlyList<object[]> commands, CancellationToken cancellationToken)
    {
        // Each is answered QUEUED, or with why it is no command at all; then all are carried out, and their answers are one list.
        var queued = await Task.WhenAll(Enqueue([["MULTI"], .. commands, ["EXEC"]])).WaitAsync(cancellationToken);
        for (var index = commands.Count - 1; index >= 0; index--)
        {
            if ((queued[index + 1].Error ?? queued[^1].Items.ElementAtOrDefault(index)?.Error) is { } refusal)
            {
                throw new NodeRefusedException(Address, Describe(commands[index]), refusal);
            }
        }

        if (queued[^1].Error is { } error)
        {
            throw new NodeRefusedException(Address, "EXEC", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break("the connection is closed");
        await _reading;
    }

    private static async Task<NodeConnection> OpenAsync(NodeAddress address, string? user, string? password, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        NodeConnection? connection = null;
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(address.Host, address.Port), limit.Token);
            connection = new NodeConnection(address, socket);
            await connection.GreetAsync(user, password, limit.Token);
            return connection;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw exception switch
            {
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new NodeUnreachableException(address, "connection refused", exception),
                SocketException => new NodeUnreachableException(address, exception.Message, exception),
                OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                    new NodeUnreachableException(address, $"no answer within {ConnectTimeout.TotalSeconds:0} s", exception),
                _ => exception,
            };
        }
    }

    private async Task GreetAsync(string? user, string? password, CancellationToken cancellationToken)
    {
        object[] greeting = (user, password) switch
        {
            (_, null) => ["PING"],
            (null, _) => ["AUTH", password],
            _ => ["AUTH", user, password],
        };
        var replies = await Task.WhenAll(Enqueue([greeting, ["CLIENT", "SETNAME", nameof(ClusterInitializer)]])).WaitAsync(cancellationToken);
        switch (replies[0].Error)
        {
            case null:
            case { } needless when needless.StartsWith("ERR AUTH", StringComparison.Ordinal): // A password where none is needed.
                return;
            case { } refusal when refusal.StartsWith("NOAUTH", StringComparison.Ordinal) || refusal.StartsWith("WRONGPASS", StringComparison.Ordinal):
                throw new NodeRefusedException(Address, (string)greeting[0], refusal);
            case { } error:
                throw new NodeUnreachableException(Address, error);
        }
    }

    private Task<Reply>[] Enqueue(object[][] commands)
    {
        var answers = Array.ConvertAll(commands, _ => new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            if (_broken is not null)
            {
                return Array.ConvertAll(answers, _ => Task.FromException<Reply>(_broken));
            }

            foreach (var (command, answer) in commands.Zip(answers))
            {
                CommandWriter.Write(_unsent, command);
                _waiting.Enqueue(answer);
            }

            if (!_isSending)
            {
                // On another thread, so that what the caller sends next is there when it begins.
                _isSending = true;
                _ = Task.Run(FlushAsync);
            }
        }

        return Array.ConvertAll(answers, answer => answer.Task);
    }

    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_unsent.WrittenCount == 0)
                    {
                        _isSending = false;
                        return;
                    }

                    (_unsent, _underWay) = (_underWay, _unsent);
                }

                await _stream.WriteAsync(_underWay.WrittenMemory);
                _underWay.ResetWrittenCount();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            Break(exception.GetBaseException().Message);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var reply = await _replies.ReadAsync(CancellationToken.None);
                TaskCompletionSource<Reply>? answer;
                lock (_gate)
                {
                    _waiting.TryDequeue(out answer);
                }

                (answer ?? throw new FormatException("Expected no answer without a command.")).SetResult(reply);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or FormatException)
        {
            Break(exception.GetBaseException().Message);
        }
    }

    private void Break(string reason)
    {
        TaskCompletionSource<Reply>[] unanswered;
        lock (_gate)
        {
            _broken ??= new NodeUnreachableException(Address, reason);
            unanswered = [.. _waiting];
            _waiting.Clear();
        }

        _stream.Dispose();
        foreach (var answer in unanswered)
        {
            answer.SetException(_broken);
        }
    }

    // Only words that name the command: what follows may be keys or a password.
    private static string Describe(object[] command) =>
        command[0] is "CLUSTER" or "CONFIG" or "CLIENT" or "INFO" ? string.Join(' ', command) : (string)command[0];
}
