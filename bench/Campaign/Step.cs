using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench.Campaign;

/// <summary>What a sequence can do. Numbers are those of nodes, counted from 1 in the listed order, unless said otherwise.</summary>
internal enum Verb
{
    /// <summary>SIGKILL; the node stays off until it is started.</summary>
    Kill,

    /// <summary>Starts a node that is off.</summary>
    Start,

    /// <summary>SIGSTOP, or a paused container: connections stay open and nothing answers.</summary>
    Hang,
    Resume,

    /// <summary>No other node reaches the node any more, on the bus or for replication.</summary>
    Cut,
    Join,

    /// <summary>Killed, data and nodes.conf gone, started.</summary>
    Wipe,

    /// <summary>Killed, nodes.conf gone, started.</summary>
    LoseIdentity,

    /// <summary>Killed, data gone, started.</summary>
    LoseData,

    /// <summary>A primary is killed, and a replica of it takes over when the others elect one; it stays off.</summary>
    Replace,

    /// <summary>CLUSTER FAILOVER on a replica.</summary>
    FailOver,

    /// <summary>CLUSTER FAILOVER TAKEOVER on a replica.</summary>
    TakeOver,

    /// <summary>maxmemory 1.</summary>
    FillMemory,

    /// <summary>The node cannot write its snapshot, and refuses writes (MISCONF).</summary>
    FillDisk,

    /// <summary>Memory and disk have room again.</summary>
    Free,

    /// <summary>All nodes that run are killed and started: at their addresses.</summary>
    RestartAll,

    /// <summary>The same, at addresses that nobody had before.</summary>
    RestartAtNew,

    /// <summary>The same, at one another's addresses.</summary>
    RestartPermuted,

    /// <summary>Another shape is wanted from the next run on: shards, replicas of each.</summary>
    Scale,

    /// <summary>The initializer runs to its end.</summary>
    Run,

    /// <summary>The initializer is killed after so many milliseconds.</summary>
    RunKilled,

    /// <summary>So many milliseconds pass.</summary>
    Wait,

    /// <summary>A node that is off stays off until the last run has begun.</summary>
    Late,
}

/// <summary>One line of a sequence: <c>kill 1</c>, <c>scale 4 1</c>, <c>restart-permuted</c>.</summary>
internal sealed partial record Step(Verb Verb, ImmutableArray<int> Numbers)
{
    private static readonly Dictionary<string, Verb> Words = Enum.GetValues<Verb>().ToDictionary(Word);

    public Step(Verb verb, params int[] numbers)
        : this(verb, ImmutableArray.Create(numbers))
    {
    }

    /// <summary>The node, or the first number.</summary>
    public int Number => Numbers[0];

    public static int NumbersOf(Verb verb) => verb switch
    {
        Verb.RestartAll or Verb.RestartAtNew or Verb.RestartPermuted or Verb.Run => 0,
        Verb.Scale => 2,
        _ => 1,
    };

    /// <exception cref="BenchException">It is no step.</exception>
    public static Step Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = words.Skip(1).Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToImmutableArray();
        return words.Length > 0 && Words.TryGetValue(words[0], out var verb) && numbers.Length == NumbersOf(verb) && !numbers.Contains(-1)
            ? new Step(verb, numbers)
            : throw new BenchException($"Expected a step like 'kill 1' or 'scale 4 1', found '{line}'. Steps: {string.Join(", ", Words.Keys)}.");
    }

    public static string Word(Verb verb) => Humps.Replace(verb.ToString(), "-$0").ToLowerInvariant();

    public override string ToString() => string.Join(' ', [Word(Verb), .. Numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Humps { get; }
}
