using System.Globalization;
using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.Patterns.WorkQueue;

/// <param name="Letter">Names it among the dead letters: a job that was queued again and given up again is another letter.</param>
/// <param name="Id">The job's.</param>
/// <param name="Kind">What was to be done.</param>
/// <param name="Text">With what.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="Attempts">How many there were.</param>
/// <param name="DiedAt">By the server's clock.</param>
internal sealed record DeadLetter(string Letter, string Id, string Kind, string Text, string Error, int Attempts, DateTimeOffset DiedAt);

/// <summary>The jobs that were given up: looked through, queued again, or dropped.</summary>
internal sealed class DeadLetters(IDatabaseAsync redis)
{
    private const int Page = 100;

    // Run twice it answers the same: the letter is gone then, and the job no longer dead.
    private const string RequeueScript = """
        if redis.call('XDEL', KEYS[3], ARGV[1]) == 0 then
            local state = redis.call('HGET', KEYS[2], 'state')
            return state and state ~= 'dead' and 1 or 0
        end
        redis.call('DEL', KEYS[2])
        redis.call('HSET', KEYS[2], 'state', 'queued')
        redis.call('XADD', KEYS[1], '*', 'id', ARGV[2], 'kind', ARGV[3], 'text', ARGV[4], 'traceparent', ARGV[5])
        return 1
        """;

    private const string DropAllScript = """
        local letters = redis.call('XLEN', KEYS[1])
        redis.call('DEL', KEYS[1])
        return letters
        """;

    /// <summary>The newest letters.</summary>
    internal async Task<IReadOnlyList<DeadLetter>> NewestAsync(int count) => Read(await redis.StreamRangeAsync(JobQueue.Dead, count: count, messageOrder: Order.Descending));

    /// <summary>Queues the job again, with all its attempts, as the last one in the queue.</summary>
    /// <param name="letter">As <see cref="DeadLetter.Letter"/>.</param>
    /// <param name="traceParent">Of the request that wants it: the job goes on in its trace.</param>
    /// <returns>The job; null when there is no such letter.</returns>
    /// <exception cref="BadRequestException">It is no letter.</exception>
    internal async Task<DeadLetter?> RequeueAsync(string letter, string traceParent)
    {
        var id = Check(letter);
        return Read(await redis.StreamRangeAsync(JobQueue.Dead, id, id)) is [var dead] && await RequeueAsync(dead, traceParent) ? dead : null;
    }

    /// <summary>Queues again every job that is dead now; one that dies meanwhile stays dead.</summary>
    /// <returns>How many there were.</returns>
    internal async Task<int> RequeueAllAsync(string traceParent, CancellationToken cancellationToken)
    {
        var requeued = 0;
        if (await NewestAsync(1) is not [var newest])
        {
            return requeued;
        }

        while (Read(await redis.StreamRangeAsync(JobQueue.Dead, maxId: newest.Letter, count: Page)) is { Count: > 0 } letters)
        {
            cancellationToken.ThrowIfCancellationRequested();
            requeued += (await Task.WhenAll(letters.Select(letter => RequeueAsync(letter, traceParent)))).Count(isQueued => isQueued);
        }

        return requeued;
    }

    /// <returns>False when there is no such letter.</returns>
    /// <exception cref="BadRequestException">It is no letter.</exception>
    internal async Task<bool> DropAsync(string letter) => await redis.StreamDeleteAsync(JobQueue.Dead, [Check(letter)]) == 1;

    /// <returns>How many there were.</returns>
    internal async Task<int> DropAllAsync() => (int)await redis.ScriptEvaluateAsync(DropAllScript, [JobQueue.Dead]);

    private async Task<bool> RequeueAsync(DeadLetter letter, string traceParent) => (bool)await redis.ScriptEvaluateAsync(
        RequeueScript, [JobQueue.Stream, JobQueue.JobKey(letter.Id), JobQueue.Dead], [letter.Letter, letter.Id, letter.Kind, letter.Text, traceParent], JobQueue.Repeatable);

    private static IReadOnlyList<DeadLetter> Read(StreamEntry[] entries) => [.. entries.Select(entry => new DeadLetter(
        entry.Id.ToString(), entry["id"].ToString(), entry["kind"].ToString(), entry["text"].ToString(), entry["error"].ToString(), entry["attempts"].TryParse(out int attempts) ? attempts : 0, DiedAt(entry.Id.ToString())))];

    private static string Check(string letter) =>
        letter.Split('-') is [var milliseconds, var number] && ulong.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out _) && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? letter
            : throw new BadRequestException("That is no letter: expected one of GET /work/dead-letters, such as 1700000000000-0.");

    // A stream id begins with the server's time: 1700000000000-0. Who adds an entry may give it another.
    private static DateTimeOffset DiedAt(string id) =>
        long.TryParse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MaxValue;
}
