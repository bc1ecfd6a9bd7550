using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RedisCluster.Topology;

namespace Bench.Campaign;

/// <summary>A write that a node acknowledged, to a key that is written once.</summary>
/// <param name="Number">Which one; the key's value too.</param>
/// <param name="Tag">The word whose slot the key is in.</param>
/// <param name="Node">The index of the node that acknowledged it.</param>
/// <param name="ReplicationId">The history that the write is part of.</param>
/// <param name="Offset">How far that history was with the write.</param>
/// <param name="At">When, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="GrownTo">What the tag's growing number was before: who has this write has that too.</param>
internal sealed record Write(int Number, string Tag, int Node, string ReplicationId, long Offset, long At, long GrownTo = 0)
{
    public string Key => Workload.KeyOf(Tag, Number);
}

/// <summary>A reader got less than what every copy had when all was well, or what nobody wrote.</summary>
/// <param name="Tag">Of the key.</param>
/// <param name="Node">The index of the node that answered.</param>
/// <param name="At">When.</param>
/// <param name="WasNeverWritten">Nobody wrote it at any time.</param>
/// <param name="Text">What was expected and found.</param>
internal sealed record WrongRead(string Tag, int Node, long At, bool WasNeverWritten, string Text);

/// <summary>
/// Writers and readers. Each writer has tags of its own, and writes in turn a new key and a number that only grows; readers look at both. What is acknowledged
/// is remembered.
/// </summary>
internal sealed class Workload : IAsyncDisposable
{
    private const int Tags = 48;
    private const int Writers = 3;
    private const int Readers = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(40);

    private readonly IReadOnlyList<NodeAddress> _nodes;
    private readonly ConcurrentDictionary<string, int> _owners = new();
    private readonly ConcurrentBag<Write> _acknowledged = [];
    private readonly ConcurrentQueue<WrongRead> _wrong = new();
    private readonly string[] _tags = [.. Enumerable.Range(0, Tags).Select(tag => string.Create(CultureInfo.InvariantCulture, $"t{tag}"))];
    private readonly long[] _attempted = new long[Tags];

    // A tag has one writer.
    private readonly long[] _confirmed = new long[Tags];
    private readonly long[] _floor = new long[Tags];
    private readonly CancellationTokenSource _enough = new();
    private readonly Task _calls;
    private int _number;
    private Write[] _kept = [];

    public Workload(IReadOnlyList<NodeAddress> nodes)
    {
        _nodes = nodes;
        _calls = Task.WhenAll([.. Enumerable.Range(0, Writers).Select(WriteAsync), .. Enumerable.Range(0, Readers).Select(ReadAsync)]);
    }

    public IReadOnlyCollection<Write> Acknowledged => _acknowledged;

    public IReadOnlyCollection<WrongRead> WrongReads => _wrong;

    public static string KeyOf(string tag, int number) => string.Create(CultureInfo.InvariantCulture, $"{{{tag}}}:w:{number}");

    /// <summary>Tag and number of a key that <see cref="KeyOf"/> made.</summary>
    public static (string Tag, int Number) Parse(string key) =>
        (key[1..key.IndexOf('}', StringComparison.Ordinal)], int.Parse(key.AsSpan(key.LastIndexOf(':') + 1), CultureInfo.InvariantCulture));

    /// <summary>These writes are on every node of their shard, and no others: from here on readers see them, and numbers that are no smaller.</summary>
    /// <returns>How many they are.</returns>
    public int Keep(Write[] writes)
    {
        foreach (var write in writes)
        {
            var tag = Array.IndexOf(_tags, write.Tag);
            _floor[tag] = Math.Max(_floor[tag], write.GrownTo);
        }

        Volatile.Write(ref _kept, writes);
        return writes.Length;
    }

    /// <summary>Ends all calls; what was acknowledged stays.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await _calls;
    }

    /// <summary>The acknowledged writes whose keys are not there, and keys with a wrong value.</summary>
    public async Task<(IReadOnlyList<Write> Lost, IReadOnlyList<string> Wrong)> VerifyAsync(TimeSpan within)
    {
        var (lost, wrong) = (new List<Write>(), new List<string>());
        var start = Stopwatch.GetTimestamp();
        await using var route = new Route(_nodes, _owners, seed: 0);
        foreach (var write in _acknowledged)
        {
            Answer answer;
            while ((answer = await route.SendAsync(write.Tag, ["GET", write.Key])).Reply is null)
            {
                if (Stopwatch.GetElapsedTime(start) > within)
                {
                    throw new BenchException($"Expected an answer to GET {write.Key} within {within.TotalSeconds:0} s, found none, after {lost.Count} lost writes.");
                }

                await Task.Delay(Pause);
            }

            var found = answer.Reply.Text;
            if (answer.Reply.Bytes is null)
            {
                lost.Add(write);
            }
            else if (found != write.Number.ToString(CultureInfo.InvariantCulture))
            {
                wrong.Add($"{write.Key} is '{found}'");
            }
        }

        return (lost, wrong);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _enough.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        await using var route = new Route(_nodes, _owners, writer);
        var random = new Random(writer);
        while (!_enough.IsCancellationRequested)
        {
            var tag = (random.Next(Tags / Writers) * Writers) + writer;
            var number = Interlocked.Increment(ref _number);
            var once = await route.SendAsync(_tags[tag], ["SET", KeyOf(_tags[tag], number), number]);
            if (once is { Reply: not null, Replication: { } replication })
            {
                _acknowledged.Add(new Write(number, _tags[tag], once.Node, replication["master_replid"] ?? "", replication.Number("master_repl_offset"), Stopwatch.GetTimestamp(), _confirmed[tag]));
            }

            Volatile.Write(ref _attempted[tag], number);
            if ((await route.SendAsync(_tags[tag], ["SET", Register(tag), number])).Reply is not null)
            {
                _confirmed[tag] = number;
            }

            await Task.Delay(once.Reply is null ? PauseAfterRefusal : Pause);
        }
    }

    private async Task ReadAsync(int reader)
    {
        await using var route = new Route(_nodes, _owners, Writers + reader);
        var random = new Random(reader);
        while (!_enough.IsCancellationRequested)
        {
            var isRead = Volatile.Read(ref _kept) is { Length: > 0 } kept && random.Next(2) == 0
                ? await ReadOnceAsync(route, kept[random.Next(kept.Length)])
                : await ReadNumberAsync(route, random.Next(Tags));
            await Task.Delay(isRead ? Pause : PauseAfterRefusal);
        }
    }

    private async Task<bool> ReadNumberAsync(Route route, int tag)
    {
        var least = Volatile.Read(ref _floor[tag]);
        if (await route.SendAsync(_tags[tag], ["GET", Register(tag)]) is not { Reply: { } reply } answer)
        {
            return false;
        }

        var found = reply.Bytes is null ? 0 : reply.Number;
        if (found < least || found > Volatile.Read(ref _attempted[tag]))
        {
            _wrong.Enqueue(new WrongRead(_tags[tag], answer.Node, Stopwatch.GetTimestamp(), found > _attempted[tag], $"{Register(tag)} was {found}, expected {least} or more"));
        }

        return true;
    }

    private async Task<bool> ReadOnceAsync(Route route, Write write)
    {
        if (await route.SendAsync(write.Tag, ["GET", write.Key]) is not { Reply: { } reply } answer)
        {
            return false;
        }

        if (reply.Bytes is null || reply.Number != write.Number)
        {
            _wrong.Enqueue(new WrongRead(write.Tag, answer.Node, Stopwatch.GetTimestamp(), reply.Bytes is not null, $"{write.Key} was {(reply.Bytes is null ? "not there" : reply.Text)}"));
        }

        return true;
    }

    private string Register(int tag) => $"{{{_tags[tag]}}}:r";
}
