using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisCluster.Topology;
using StackExchange.Redis;

namespace RedisCluster.Wire;

/// <summary>One node as the initializer speaks to it. The only file that knows the driver.</summary>
internal sealed class NodeConnection : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);

    // Long commands (MIGRATE of a big key) bound themselves; everything else is bounded by the caller's token.
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(10);

    // Commands that the driver must not recognize travel under the name of one that no cluster node is asked for here.
    //
    // CLUSTER: the driver knows a cluster by asking it by itself, and then connects to every address that it reads there. Here these are the very addresses
    // to be repaired: some lead nowhere and each costs a connect timeout. Without CLUSTER of its own it stays with the one node that it was given.
    //
    // MIGRATE, FLUSHALL: the driver refuses what only a primary takes when it believes that the node is a replica, and it asks for the role once a minute.
    private static readonly Dictionary<string, string> Carriers = new()
    {
        ["CLUSTER"] = "SENTINEL",
        ["MIGRATE"] = "LATENCY",
        ["FLUSHALL"] = "LASTSAVE",
    };

    private static readonly CommandMap Commands = CommandMap.Create(new Dictionary<string, string?>(Carriers.Select(pair => KeyValuePair.Create(pair.Value, (string?)pair.Key)))
    {
        ["CLUSTER"] = null,
        ["SUBSCRIBE"] = null, // No second connection per node for messages that nobody reads.
    });

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IServer _server;

    private NodeConnection(NodeAddress address, ConnectionMultiplexer multiplexer)
    {
        Address = address;
        _multiplexer = multiplexer;
        _server = multiplexer.GetServer(multiplexer.GetEndPoints()[0]);
    }

    /// <summary>The address as configured or announced, which is also how messages name the node.</summary>
    public NodeAddress Address { get; }

    /// <summary>Connects as soon as the node answers commands, asking every few milliseconds.</summary>
    /// <exception cref="NodeUnreachableException">It did not answer within the time; the message says how the last attempt failed.</exception>
    public static async Task<NodeConnection> OpenAsync(NodeAddress address, string? user, string? password, TimeSpan patience, CancellationToken cancellationToken)
    {
        await WaitUntilItAnswersAsync(address, user, password, patience, cancellationToken);
        var options = new ConfigurationOptions
        {
            EndPoints = { new DnsEndPoint(address.Host, address.Port) },
            User = user,
            Password = password,
            AllowAdmin = true,
            CommandMap = Commands,
            ClientName = "ClusterInitializer",
            ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
            AsyncTimeout = (int)CommandTimeout.TotalMilliseconds,
            SyncTimeout = (int)CommandTimeout.TotalMilliseconds,
            BacklogPolicy = BacklogPolicy.FailFast,
            Protocol = RedisProtocol.Resp2, // RESP3 marks texts with a prefix ("txt:").
            TieBreaker = "",
            ConfigurationChannel = "",
            SetClientLibrary = false,
        };
        try
        {
            return new NodeConnection(address, await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken));
        }
        catch (RedisConnectionException exception)
        {
            throw new NodeUnreachableException(address, exception.FailureType == ConnectionFailureType.AuthenticationFailure ? "it rejects the password" : exception.Message, exception);
        }
    }

    /// <summary>Sends one command. Commands that are sent without waiting in between travel together.</summary>
    /// <exception cref="NodeRefusedException">The node answered with an error.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke or no answer came.</exception>
    public async Task<Reply> SendAsync(object[] command, CancellationToken cancellationToken)
    {
        try
        {
            var result = await _server.ExecuteAsync(NameOf(command), command[1..]).WaitAsync(cancellationToken);
            return ToReply(result);
        }
        catch (RedisServerException exception)
        {
            throw new NodeRefusedException(Address, Describe(command), exception.Message);
        }
        catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException)
        {
            throw new NodeUnreachableException(Address, $"no answer to {Describe(command)}: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>Sends commands that the node carries out in one moment, nobody else's in between. One that is refused does not keep the next from being tried.</summary>
    /// <exception cref="NodeRefusedException">The node refused one of them; the message is about the last one refused.</exception>
    /// <exception cref="NodeUnreachableException">The connection broke or no answer came.</exception>
    public async Task SendAtOnceAsync(IReadOnlyList<object[]> commands, CancellationToken cancellationToken)
    {
        var transaction = _multiplexer.GetDatabase().CreateTransaction();
        var answers = commands.Select(command => transaction.ExecuteAsync(NameOf(command), command[1..])).ToArray();
        try
        {
            await transaction.ExecuteAsync().WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException)
        {
            throw new NodeUnreachableException(Address, $"no answer to {string.Join(", ", commands.Select(Describe))}: {exception.GetBaseException().Message}", exception);
        }

        await Task.WhenAll(answers).ContinueWith(_ => { }, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        for (var index = commands.Count - 1; index >= 0; index--)
        {
            if (answers[index].Exception?.GetBaseException() is { } refusal)
            {
                throw new NodeRefusedException(Address, Describe(commands[index]), refusal.Message);
            }
        }
    }

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();

    // A refused connect costs the driver its reconnect pause; a bare socket may ask again at once, so a node is used milliseconds after its start.
    private static async Task WaitUntilItAnswersAsync(
        NodeAddress address, string? user, string? password, TimeSpan patience, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var failure = await FailureOfGreetingAsync(address, user, password, cancellationToken);
            if (failure is null)
            {
                return;
            }

            if (watch.Elapsed >= patience)
            {
                throw new NodeUnreachableException(address, failure);
            }

            await Task.Delay(RetryPause, cancellationToken);
        }
    }

    private static async Task<string?> FailureOfGreetingAsync(
        NodeAddress address, string? user, string? password, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, limit.Token);
            var stream = client.GetStream();
            string[] greeting = password is null ? ["PING"] : user is null ? ["AUTH", password] : ["AUTH", user, password];
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"*{greeting.Length}\r\n{string.Concat(greeting.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}"), limit.Token);
            var answer = new byte[256];
            var length = await stream.ReadAsync(answer, limit.Token);
            var text = Encoding.ASCII.GetString(answer, 0, length).TrimEnd();
            if (text.StartsWith("-NOAUTH", StringComparison.Ordinal) || text.StartsWith("-WRONGPASS", StringComparison.Ordinal))
            {
                throw new NodeRefusedException(address, greeting[0], text[1..]);
            }

            return text.StartsWith('+') ? null
                : text.StartsWith("-ERR AUTH", StringComparison.Ordinal) ? null // A password where none is needed.
                : text.Length == 0 ? "it closes the connection"
                : text.TrimStart('-');
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? "connection refused" : exception.Message;
        }
        catch (IOException exception)
        {
            return exception.GetBaseException().Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {ConnectTimeout.TotalSeconds:0} s";
        }
    }

    private static string NameOf(object[] command) => Carriers.GetValueOrDefault((string)command[0], (string)command[0]);

    // Only words that name the command: what follows may be keys or a password.
    private static string Describe(object[] command) =>
        command[0] is "CLUSTER" or "CONFIG" or "CLIENT" or "INFO" ? string.Join(' ', command) : (string)command[0];

    private static Reply ToReply(RedisResult result) => result.Resp2Type == ResultType.Array
        ? new Reply(null, result.IsNull ? [] : [.. ((RedisResult[])result!).Select(ToReply)])
        : new Reply((byte[]?)result, []);
}
