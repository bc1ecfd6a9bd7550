using System.Collections.Concurrent;
using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>What one node answered.</summary>
/// <param name="Address">Of the node.</param>
/// <param name="Epoch">The newest epoch of the cluster that it knows: every election and every slot move raises it.</param>
/// <param name="Shards">Its reply to CLUSTER SHARDS.</param>
/// <param name="Info">Null when the user may not call INFO.</param>
/// <param name="OwnCommands">How many of the commands that the node has counted are surveys.</param>
internal sealed record NodeAnswer(string Address, long Epoch, RedisResult Shards, InfoReply? Info, long OwnCommands);

/// <summary>Asks single nodes for everything at once, and remembers how often each answered and who owes an answer.</summary>
/// <remarks>
/// INFO, like every CLUSTER command, is refused by the driver to an application without its admin switch, and may be called from a read-only script like CLUSTER SHARDS:
/// it only reads. The server's ACL counts it as dangerous, so a user can be without it; the shards are then known all the same.
/// </remarks>
internal sealed class NodeSurveys(TimeProvider time)
{
    private const string Script = "return {redis.call('CLUSTER', 'SHARDS'), redis.call('CLUSTER', 'INFO'), redis.pcall('INFO', 'memory', 'stats', 'keyspace', 'replication')}";

    // The script itself and each call in it.
    private const int CommandsOfASurvey = 4;

    // Less would call a node silent that is only busy.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long Answers, long? WaitingSince)> _nodes = new();

    /// <summary>The answer of a node, or why there is none. Never fails, so that it can be left alone.</summary>
    internal async Task<(NodeAnswer? Answer, RedisException? Refusal)> AskAsync(IServer server)
    {
        var address = RedisClusterTopology.Address(server.EndPoint);
        _nodes.AddOrUpdate(address, _ => (0, time.GetTimestamp()), (_, node) => (node.Answers, node.WaitingSince ?? time.GetTimestamp()));
        try
        {
            var reply = (RedisResult[])(await server.ExecuteAsync("EVAL_RO", Script, 0))!;
            var answers = _nodes.AddOrUpdate(address, _ => (1, null), (_, node) => (node.Answers + 1, null)).Answers;
            var info = reply[2].Resp3Type == ResultType.Error ? null : new InfoReply((string)reply[2]!);
            var epoch = new InfoReply((string)reply[1]!).Number("cluster_current_epoch");
            return (new NodeAnswer(address, epoch, reply[0], info, answers * CommandsOfASurvey), null);
        }
        catch (RedisException exception)
        {
            return (null, exception);
        }
        catch (TimeoutException exception)
        {
            return (null, new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"{address} did not answer in time.", exception));
        }
    }

    /// <summary>Whether a connected node answers: a hung one stays connected. Asked for less than a second, it has the benefit of the doubt.</summary>
    internal bool IsHeardFrom(string address) =>
        _nodes.TryGetValue(address, out var node) && (node.WaitingSince is not { } since || time.GetElapsedTime(since) < Silence);
}
