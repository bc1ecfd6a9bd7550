using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>Asks the cluster how it sees itself, without the admin switch of the driver.</summary>
/// <remarks>
/// Every connected node is asked at once, and the newest of their views is taken. Lags come from INFO of each primary: its own offset and its replicas' offsets at one moment,
/// where CLUSTER SHARDS repeats gossip of up to a second ago.
/// </remarks>
public sealed class RedisClusterTopology
{
    // Nodes answer within a few milliseconds: one that needs longer than this hangs or is on its way down, and the others know better.
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromMilliseconds(150);

    // After this, a node that owes an answer counts as silent: a timer may be early by its resolution.
    private static readonly TimeSpan CertainPatience = NodeSurveys.Silence + TimeSpan.FromMilliseconds(50);

    private readonly RedisClusterConnection _connection;
    private readonly NodeSurveys _surveys = new(TimeProvider.System);
    private readonly NewNodes _newNodes = new(TimeProvider.System);
    private volatile string? _lastSeenBy;
    private volatile int _mostPrimaries;

    internal RedisClusterTopology(RedisClusterConnection connection) => _connection = connection;

    /// <summary>The shards now. A node that hangs delays this by 1 s, after which it is known that it does not answer.</summary>
    /// <exception cref="RedisServerException">The user may not ask for them.</exception>
    /// <exception cref="RedisException">No node answered.</exception>
    public async Task<ClusterShards> ReadAsync(CancellationToken cancellationToken = default) => (await SurveyAsync(CertainPatience, cancellationToken).ConfigureAwait(false)).View;

    /// <summary>
    /// The shards, and what each node says of itself. Meant to be called often: it costs each node one script, and a node that hangs delays it by 150 ms. A node that has not
    /// answered for 1 s counts as not connected.
    /// </summary>
    /// <exception cref="RedisServerException">The user may not ask for them.</exception>
    /// <exception cref="RedisException">No node answered.</exception>
    public Task<ClusterSurvey> SurveyAsync(CancellationToken cancellationToken = default) => SurveyAsync(SurveyPatience, cancellationToken);

    private async Task<ClusterSurvey> SurveyAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var connection = _connection.Connecting.IsCompleted
            ? await _connection.Connecting.ConfigureAwait(false)
            : throw Unreachable($"Not connected yet: {string.Join(", ", _connection.Nodes.Select(NodeEndPoint.Address))} are being tried.");
        var asked = Connected(connection).Select(_surveys.AskAsync).ToList();
        var all = Task.WhenAll(asked);
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            await Task.WhenAny(all, Task.Delay(patience, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }

        // Each question ends with the timeout of a command at the latest.
        while (!asked.Exists(HasAnswer) && !all.IsCompleted)
        {
            await Task.WhenAny(asked.Where(question => !question.IsCompleted)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var answers = asked.Where(HasAnswer).Select(question => question.Result.Answer!).ToList();
        if (answers.Count == 0)
        {
            var refusal = asked.Find(question => IsOfRights(question.Result.Refusal))?.Result.Refusal;
            if (refusal is not null)
            {
                _connection.MayNotAsk("CLUSTER SHARDS");
                throw refusal;
            }

            throw Unreachable($"0/{asked.Count} connected nodes answer: {asked[0].Result.Refusal!.Message}", asked[0].Result.Refusal);
        }

        return Read(connection, answers);
    }

    /// <summary>Whether the exception of a survey says that the user may not ask: the nodes are there, and shards and slots stay unknown.</summary>
    internal static bool IsOfRights(Exception? exception) => exception is not null && ServerRefusal.CodeOf(exception) is { } code && ServerRefusal.IsOfRights(code);

    /// <summary>What is known for a user who may not ask for the shards. A node that hangs delays this by 1 s.</summary>
    internal async Task<ConnectedNodes> ConnectedNodesAsync()
    {
        var servers = (await _connection.Connecting.ConfigureAwait(false)).GetServers();
        var asked = servers.Where(server => server.IsConnected).ToDictionary(server => server, _surveys.AskForWritesAsync);
        await Task.WhenAny(Task.WhenAll(asked.Values), Task.Delay(CertainPatience)).ConfigureAwait(false);
        // Only a replica answers that it is read-only; where scripts are forbidden too the driver's memory has to do.
        var primaries = asked.Where(node => node.Value is { IsCompletedSuccessfully: true, Result: var (isKnown, refusal) }
            && (isKnown ? refusal is null || ServerRefusal.FirstWord(refusal) != "READONLY" : !node.Key.IsReplica)).ToList();
        _mostPrimaries = Math.Max(_mostPrimaries, primaries.Count);
        return new ConnectedNodes(
            servers.Length,
            [.. servers.Where(server => !asked.TryGetValue(server, out var question) || !question.IsCompleted).Select(server => server.EndPoint.Address())],
            primaries.Count,
            _mostPrimaries,
            asked.Keys.Any(server => server.ClusterConfiguration is not null),
            [.. primaries.Where(node => node.Value.Result.Refusal is not null).Select(node => (node.Key.EndPoint.Address(), node.Value.Result.Refusal!))]);
    }

    private ClusterSurvey Read(ConnectionMultiplexer connection, List<NodeAnswer> answers)
    {
        try
        {
            if (answers.TrueForAll(answer => answer.Info is null))
            {
                _connection.MayNotAsk("INFO");
            }

            var links = Links(connection);
            var survey = SurveyReading.Read(answers, _lastSeenBy, address => links(address) is true ? _surveys.IsHeardFrom(address) : links(address), _surveys.Unable);
            _lastSeenBy = survey.View.SeenBy;
            _newNodes.LookAround(connection, survey.View, ClusterShardsReply.AnnouncedAddresses(answers[0].Shards));
            return survey;
        }
        catch (Exception exception) when (exception is not RedisException)
        {
            throw new RedisException($"The answers of {string.Join(", ", answers.Select(answer => answer.Address))} cannot be read: {exception.Message}", exception);
        }
    }

    private static bool HasAnswer(Task<(NodeAnswer? Answer, RedisException? Refusal)> question) => question is { IsCompletedSuccessfully: true, Result.Answer: not null };

    // Primaries first.
    private static List<IServer> Connected(ConnectionMultiplexer connection)
    {
        var servers = connection.GetServers().Where(server => server.IsConnected).OrderBy(server => server.IsReplica).ToList();
        return servers.Count > 0 ? servers : throw Unreachable($"0/{connection.GetEndPoints().Length} nodes answer: {string.Join(", ", connection.GetEndPoints().Select(NodeEndPoint.Address))}.");
    }

    private static RedisConnectionException Unreachable(string message, Exception? inner = null) =>
        new(ConnectionFailureType.UnableToConnect, CommandFlags.None, message, inner);

    private static Func<string, bool?> Links(ConnectionMultiplexer connection)
    {
        // A node that served no slots when the driver met it is noted only: the driver connects when it has a command for it.
        var tried = connection.GetServers().Where(server => server.IsConnected || server.GetCounters().Interactive.SocketCount > 0);
        var known = tried.GroupBy(server => server.EndPoint.Address()).ToDictionary(server => server.Key, server => server.Any(one => one.IsConnected));
        return address => known.TryGetValue(address, out var isConnected) ? isConnected : null;
    }
}
