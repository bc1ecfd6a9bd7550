using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Says in the log that a node refuses writes, once when it begins and once when it ends. A call that was refused does not tell by which node, and no call tells of the end:
/// so the cluster is asked, from the first refusal on and until no node refuses. What no node says of itself, a right that the user lacks, is said once too.
/// </summary>
internal sealed class Refusals
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Regex Questions = new(@" '(info|config|role|client|cluster|eval|eval_ro)(\|[a-z-]+)?' command", RegexOptions.CultureInvariant);

    // All that the driver says of a transaction of which a command was refused: why is for the nodes to say.
    private const string Discarded = "EXECABORT";

    /// <summary>A refusal that only calls tell of is over when there was none for so long.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly Func<Task<ClusterShards>> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BackgroundLook _look;
    private readonly ConcurrentDictionary<string, Refused> _calls = new();
    private Dictionary<string, string> _nodes = [];

    /// <param name="name">Of the connection.</param>
    /// <param name="read">Asks the cluster.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="logger">Where it is said.</param>
    internal Refusals(string name, Func<Task<ClusterShards>> read, TimeProvider time, ILogger logger)
    {
        (_name, _read, _time, _logger) = (name, read, time, logger);
        _look = new BackgroundLook(Interval, LookAsync, () => _nodes.Count > 0 || !_calls.IsEmpty, logger.CannotLookForRefusals, time);
    }

    /// <summary>A call failed. Returns at once.</summary>
    internal void Failed(Exception exception)
    {
        if (IsOwnQuestion(exception.Message))
        {
            return;
        }

        if (ServerRefusal.CodeOf(exception) is { } code && (ServerRefusal.IsOfWrites(code) || ServerRefusal.IsOfRights(code)))
        {
            // Each script would be another sentence.
            var sentence = exception.Message.Split(" script: ")[0];
            _calls.AddOrUpdate(sentence, _ => new Refused(code, _time.GetTimestamp(), IsSaid: false), (_, known) => known with { At = _time.GetTimestamp() });
            _look.Begin();
        }
        else if (exception is RedisServerException && ServerRefusal.FirstWord(exception.Message) == Discarded)
        {
            _look.Begin();
        }
    }

    // What the driver and the survey ask for by themselves, whether or not they may: the survey says what is unknown for that.
    private static bool IsOwnQuestion(string message) => message.Contains(NodeSurveys.ScriptId, StringComparison.Ordinal) || Questions.IsMatch(message);

    private async Task LookAsync()
    {
        var refused = _calls.ToList();
        var before = _nodes;
        try
        {
            _nodes = After(before, await _read().ConfigureAwait(false));
        }
        catch (RedisServerException exception) when (RedisClusterTopology.IsOfRights(exception))
        {
            // Unknown which node refuses: the calls tell.
        }

        foreach (var (node, sentence) in _nodes.Where(node => !before.TryGetValue(node.Key, out var known) || ServerRefusal.FirstWord(known) != ServerRefusal.FirstWord(node.Value)))
        {
            _logger.RefusesWrites(node, _name, sentence);
        }

        foreach (var node in before.Keys.Where(node => !_nodes.ContainsKey(node)))
        {
            _logger.RefusesWritesNoLonger(node, _name);
        }

        foreach (var (sentence, call) in refused)
        {
            SayOfCalls(sentence, call, isOfANode: before.Values.Concat(_nodes.Values).Any(said => ServerRefusal.FirstWord(said) == call.Code));
        }
    }

    // A node that does not answer is left as it was for as long as nobody took over from it.
    private static Dictionary<string, string> After(Dictionary<string, string> before, ClusterShards view)
    {
        var after = new Dictionary<string, string>();
        foreach (var primary in view.Shards.Where(shard => !shard.Slots.IsEmpty).Select(shard => shard.Primary).OfType<ShardNode>())
        {
            if ((primary.IsUsable ? primary.RefusesWrites : before.GetValueOrDefault(primary.Address)) is { } sentence)
            {
                after[primary.Address] = sentence;
            }
        }

        return after;
    }

    private void SayOfCalls(string sentence, Refused call, bool isOfANode)
    {
        if (!call.IsSaid && isOfANode)
        {
            _calls.TryRemove(sentence, out _);
        }
        else if (!call.IsSaid)
        {
            _logger.CallRefused(_name, sentence);
            _calls.AddOrUpdate(sentence, call with { IsSaid = true }, (_, known) => known with { IsSaid = true });
        }
        else if (_time.GetElapsedTime(call.At) >= Quiet && _calls.TryRemove(KeyValuePair.Create(sentence, call)))
        {
            _logger.CallsRefusedNoLonger(_name, Quiet, sentence);
        }
    }

    private sealed record Refused(string Code, long At, bool IsSaid);
}
