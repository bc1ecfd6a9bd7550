using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using RedisCluster.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client.Topology;

/// <summary>What one node answered.</summary>
/// <param name="Address">Of the node.</param>
/// <param name="Epoch">The newest epoch of the cluster that it knows: every election and every slot move raises it.</param>
/// <param name="Shards">Its reply to CLUSTER SHARDS.</param>
/// <param name="Info">Null when the user may not call INFO.</param>
/// <param name="OwnCommands">How many of the commands that the node has counted are surveys.</param>
/// <param name="RefusesWrites">Why it refuses writes; null when it does not, or was not asked.</param>
internal sealed record NodeAnswer(string Address, long Epoch, RedisResult Shards, InfoReply? Info, long OwnCommands, string? RefusesWrites = null);

/// <summary>Asks single nodes for everything at once, and primaries whether they take writes; remembers what that has cost each, who owes an answer, and who answers that it cannot serve now.</summary>
/// <remarks>
/// The driver refuses every CLUSTER command and INFO to an application that does not also want FLUSHALL and CONFIG SET. The server has no such lump: these only read and
/// may be called from a read-only script, which the driver lets through. The ACL of the user still applies inside the script: it counts INFO as dangerous, so a user can be
/// without it; the shards are then known all the same.
/// </remarks>
internal sealed class NodeSurveys(TimeProvider time)
{
    // Not the error itself in place of INFO: the driver takes an array with an error in it for no answer.
    private const string Script = """
        local info = redis.pcall('INFO', 'memory', 'stats', 'keyspace', 'replication')
        return {redis.call('CLUSTER', 'SHARDS'), redis.call('CLUSTER', 'INFO'), type(info) == 'string' and info or false}
        """;

    /// <summary>How a server names the script in an error that a call in it ends with.</summary>
#pragma warning disable CA5350 // It is the server's name, no secret.
    internal static readonly string ScriptId = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Script)));
#pragma warning restore CA5350

    // A script that says that it writes, and writes nothing: it is refused for every reason for which a write is, and needs no key.
    private const string WriteScript = "#!lua\nreturn 1";

    // The script itself and each call in it.
    private const int CommandsOfASurvey = 4;

    /// <summary>Less would call a node silent that is only busy.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Known> _nodes = new();

    /// <summary>The answer of a node, or why there is none. Never fails, so that it can be left alone.</summary>
    internal async Task<(NodeAnswer? Answer, RedisException? Refusal)> AskAsync(IServer server)
    {
        var address = server.EndPoint.Address();
        _nodes.AddOrUpdate(address, _ => new Known(0, time.GetTimestamp(), null), (_, node) => node with { WaitingSince = node.WaitingSince ?? time.GetTimestamp() });
        try
        {
            var asking = server.ExecuteAsync("EVAL_RO", Script, 0);
            var writing = server.IsReplica ? Task.FromResult<(bool IsKnown, string? Refusal)>((false, null)) : AskForWritesAsync(server);
            var reply = (RedisResult[])(await asking.ConfigureAwait(false))!;
            var own = _nodes.AddOrUpdate(address, _ => new Known(CommandsOfASurvey, null, null), (_, node) => new Known(node.Commands + CommandsOfASurvey, null, null)).Commands;
            var info = reply[2].IsNull ? null : new InfoReply((string)reply[2]!);
            var epoch = new InfoReply((string)reply[1]!).Number("cluster_current_epoch");
            return (new NodeAnswer(address, epoch, reply[0], info, own, (await writing.ConfigureAwait(false)).Refusal), null);
        }
        catch (RedisServerException exception)
        {
            // LOADING or BUSY of one node: it is there, and the others know the cluster.
            var unable = ServerRefusal.FirstWord(exception.Message) switch { "LOADING" => "loading", "BUSY" => "busy", _ => null };
            _nodes.AddOrUpdate(address, _ => new Known(0, null, unable), (_, node) => new Known(node.Commands, null, unable));
            return (null, exception);
        }
        catch (RedisException exception)
        {
            return (null, exception);
        }
        catch (TimeoutException exception)
        {
            return (null, new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, $"{address} did not answer in time.", exception));
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or IndexOutOfRangeException or NullReferenceException or ObjectDisposedException)
        {
            return (null, new RedisException($"{address} gave an answer that cannot be read: {exception.Message}", exception));
        }
    }

    /// <summary>Whether a connected node answers: a hung one stays connected. Asked for less than a second, it has the benefit of the doubt.</summary>
    internal bool IsHeardFrom(string address) =>
        _nodes.TryGetValue(address, out var node) && (node.WaitingSince is not { } since || time.GetElapsedTime(since) < Silence);

    /// <summary>Why a node says that it cannot serve now, <c>loading</c> or <c>busy</c>; null when it does not say so.</summary>
    internal string? Unable(string address) => _nodes.TryGetValue(address, out var node) ? node.Unable : null;

    /// <summary>Whether a node takes writes, or why it refuses them. Never fails: what cannot be asked, for want of a right or of an answer, is not known.</summary>
    internal async Task<(bool IsKnown, string? Refusal)> AskForWritesAsync(IServer server)
    {
        var address = server.EndPoint.Address();
        try
        {
            await server.ExecuteAsync("EVAL", WriteScript, 0).ConfigureAwait(false);
            // What is refused is not counted.
            _nodes.AddOrUpdate(address, _ => new Known(1, null, null), (_, node) => node with { Commands = node.Commands + 1 });
            return (true, null);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return ServerRefusal.CodeOf(exception) is { } code && ServerRefusal.IsOfWrites(code) ? (true, exception.Message) : (false, null);
        }
    }

    private sealed record Known(long Commands, long? WaitingSince, string? Unable);
}
