using System.Net;
using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>Asks the cluster how it sees itself, without the admin switch of the driver.</summary>
/// <remarks>
/// The driver refuses every CLUSTER command to an application that does not also want FLUSHALL and CONFIG SET. The server has no such lump: CLUSTER SHARDS only reads,
/// is in no admin category of its ACL, and may be called from a read-only script, which the driver lets through. The ACL of the user still applies inside the script.
/// Lags come from ROLE of each primary: its own offset and its replicas' offsets at one moment, where CLUSTER SHARDS repeats gossip of up to a second ago.
/// </remarks>
public sealed class RedisClusterTopology
{
    private const string ShardsScript = "return redis.call('CLUSTER', 'SHARDS')";

    // A node that is well answers within a few milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // Nodes answer within a few milliseconds: whoever needs longer than this hangs or is on its way down, and the others know better.
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromMilliseconds(150);

    private readonly RedisClusterConnection _connection;
    private readonly NodeSurveys _surveys = new(TimeProvider.System);
    private readonly NewNodes _newNodes = new(TimeProvider.System);
    private volatile string? _lastSeenBy;

    internal RedisClusterTopology(RedisClusterConnection connection) => _connection = connection;

    /// <summary>Reads the view of the first node that answers: connected primaries are asked first.</summary>
    /// <exception cref="RedisException">No node answered.</exception>
    public async Task<ClusterView> ReadAsync(CancellationToken cancellationToken = default)
    {
        var connection = await ConnectionAsync();
        var servers = Connected(connection);
        var answer = await FirstAnswerAsync(servers, cancellationToken);
        var announced = ClusterShardsReply.AnnouncedAddresses(answer.Shards!);
        var connected = servers.GroupBy(server => Announced(server, announced)).ToDictionary(node => node.Key, node => node.First());
        var shards = ClusterShardsReply.Read(answer.Shards!, Links(connection));
        var measured = await Task.WhenAll(shards.Select(shard => WithLags(shard, connected))).WaitAsync(cancellationToken);
        var view = new ClusterView(Announced(answer.Server, announced), measured);
        _newNodes.LookAround(connection, view, announced);
        return view;
    }

    /// <summary>As <see cref="ReadAsync"/>, without lags.</summary>
    internal async Task<IReadOnlyList<ShardView>> ShardsAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync();
        return ClusterShardsReply.Read((await FirstAnswerAsync(Connected(connection), cancellationToken)).Shards!, Links(connection));
    }

    // A node that hangs or just went away says nothing about the cluster: the next one is asked, beside it as long as it may still answer.
    private static async Task<Answer> FirstAnswerAsync(List<IServer> servers, CancellationToken cancellationToken)
    {
        var asked = new List<Task<Answer>>();
        for (var next = 0; ;)
        {
            var isLast = next == servers.Count;
            if (!isLast)
            {
                asked.Add(AskAsync(servers[next++], cancellationToken));
            }

            var patience = Task.Delay(isLast ? Timeout.InfiniteTimeSpan : Patience, cancellationToken);
            var first = await Task.WhenAny(asked.Append<Task>(patience));
            if (first == patience)
            {
                await patience;
                continue;
            }

            var answer = await (Task<Answer>)first;
            asked.RemoveAll(task => task == first);
            if (answer.Shards is not null)
            {
                return answer;
            }

            if (asked.Count == 0 && next == servers.Count)
            {
                throw answer.Fault!;
            }
        }
    }

    /// <summary>
    /// Asks every connected node at once, takes the newest of the views, and adds what each node says of itself. Meant to be called often: it costs each node one script,
    /// and a node that hangs delays it by 150 ms. A node that has not answered for 1 s counts as not connected.
    /// </summary>
    /// <exception cref="RedisException">No node answered.</exception>
    public async Task<ClusterSurvey> SurveyAsync(CancellationToken cancellationToken = default)
    {
        var connection = await ConnectionAsync();
        var asked = Connected(connection).Select(_surveys.AskAsync).ToList();
        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(SurveyPatience, cancellationToken));
        while (!asked.Exists(HasAnswer) && asked.Find(question => !question.IsCompleted) is not null)
        {
            await Task.WhenAny(asked.Where(question => !question.IsCompleted)).WaitAsync(cancellationToken);
        }

        var answers = asked.Where(HasAnswer).Select(question => question.Result.Answer!).ToList();
        if (answers.Count == 0)
        {
            var refusal = asked[0].Result.Refusal!;
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"0/{asked.Count} connected nodes answer: {refusal.Message}", refusal);
        }

        var links = Links(connection);
        var survey = SurveyReading.Read(answers, _lastSeenBy, address => links(address) is true ? _surveys.IsHeardFrom(address) : links(address));
        _lastSeenBy = survey.View.SeenBy;
        _newNodes.LookAround(connection, survey.View, ClusterShardsReply.AnnouncedAddresses(answers[0].Shards));
        return survey;
    }

    private static bool HasAnswer(Task<(NodeAnswer? Answer, RedisException? Refusal)> question) => question is { IsCompletedSuccessfully: true, Result.Answer: not null };

    private async Task<ConnectionMultiplexer> ConnectionAsync() => _connection.Connecting.IsCompleted
        ? await _connection.Connecting
        : throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"Not connected yet: {string.Join(", ", _connection.Nodes.Select(Address))} are being tried.");

    // Primaries first.
    private static List<IServer> Connected(ConnectionMultiplexer connection)
    {
        var servers = connection.GetServers().Where(server => server.IsConnected).OrderBy(server => server.IsReplica).ToList();
        return servers.Count > 0
            ? servers
            : throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"0/{connection.GetEndPoints().Length} nodes answer: {string.Join(", ", connection.GetEndPoints().Select(Address))}.");
    }

    private static async Task<Answer> AskAsync(IServer server, CancellationToken cancellationToken)
    {
        try
        {
            return new Answer(server, await server.ExecuteAsync("EVAL_RO", ShardsScript, 0).WaitAsync(cancellationToken), null);
        }
        catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException)
        {
            return new Answer(server, null, exception);
        }
    }

    private static async Task<ShardView> WithLags(ShardView shard, Dictionary<string, IServer> connected)
    {
        if (shard.Primary is not { IsUsable: true } primary || !connected.TryGetValue(primary.Address, out var server))
        {
            return shard;
        }

        try
        {
            return await server.RoleAsync() is Role.Master role ? WithLags(shard, primary, role) : shard;
        }
        catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException)
        {
            // It died or hangs since CLUSTER SHARDS was written: from here it is not usable, whatever gossip still says.
            return shard with { Primary = primary with { IsConnected = false } };
        }
    }

    // A primary knows its replicas by their own address, a container's for example; the port is the same as announced and unique.
    private static ShardView WithLags(ShardView shard, NodeView primary, Role.Master role) => shard with
    {
        Primary = primary with { ReplicationOffset = role.ReplicationOffset },
        Replicas = [.. shard.Replicas.Select(replica => role.Replicas.Where(seen => replica.Address.EndsWith($":{seen.Port}", StringComparison.Ordinal)).Select(seen => (long?)seen.ReplicationOffset).FirstOrDefault() is { } offset
            ? replica with { ReplicationOffset = offset, LagBytes = Math.Max(0, role.ReplicationOffset - offset) }
            : replica)],
    };

    private static Func<string, bool?> Links(ConnectionMultiplexer connection)
    {
        // A node that served no slots when the driver met it is noted only: the driver connects when it has a command for it.
        var tried = connection.GetServers().Where(server => server.IsConnected || server.GetCounters().Interactive.SocketCount > 0);
        var known = tried.GroupBy(server => Address(server.EndPoint)).ToDictionary(server => server.Key, server => server.Any(one => one.IsConnected));
        return address => known.TryGetValue(address, out var isConnected) ? isConnected : null;
    }

    /// <summary>The announced address of a server that the driver may know by another.</summary>
    internal static string Announced(IServer server, IReadOnlyDictionary<string, string> announced) =>
        Address(server.EndPoint) is var address && announced.TryGetValue(address, out var other) ? other : address;

    internal static string Address(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => endpoint.ToString()!,
    };

    private sealed record Answer(IServer Server, RedisResult? Shards, Exception? Fault);
}
