using StackExchange.Redis;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>
/// A stream with a consumer group. Everything of the queue has the hash tag <c>{work}</c>, so that each step, which touches the stream, the job and the dead letters
/// together, is one script. Each script may run twice without a difference and is therefore repeated during a failover.
/// </summary>
internal sealed class JobQueue(IDatabaseAsync redis)
{
    internal const string Tag = "{work}";
    internal const string AddedChannel = $"{Tag}:added";

    internal static readonly RedisKey Stream = $"{Tag}:stream";
    internal static readonly RedisKey Dead = $"{Tag}:dead";

    private const string Group = "workers";
    private const int MaxDeadLetters = 10_000;
    internal const CommandFlags Repeatable = CommandFlags.CommandRetryAlways;

    // What became of a job can be asked for a day.
    private const int KeepSeconds = 86_400;

    private const string EnqueueScript = """
        if redis.call('HSETNX', KEYS[2], 'state', 'queued') == 0 then return 0 end
        redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'kind', ARGV[2], 'text', ARGV[3], 'traceparent', ARGV[4])
        return 1
        """;

    private const string FinishScript = """
        redis.call('HSET', KEYS[2], 'state', 'done', 'result', ARGV[3], 'attempts', ARGV[4])
        redis.call('EXPIRE', KEYS[2], ARGV[5])
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
        return redis.call('XDEL', KEYS[1], ARGV[2])
        """;

    // Not acknowledged here means that another instance has finished or buried it meanwhile.
    private const string BuryScript = """
        if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
        redis.call('XDEL', KEYS[1], ARGV[2])
        redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', 'id', ARGV[4], 'kind', ARGV[5], 'text', ARGV[6], 'error', ARGV[7], 'attempts', ARGV[8])
        redis.call('HSET', KEYS[2], 'state', 'dead', 'error', ARGV[7], 'attempts', ARGV[8])
        return redis.call('EXPIRE', KEYS[2], ARGV[9])
        """;

    internal Task EnqueueAsync(string id, string kind, string text, string traceParent) =>
        redis.ScriptEvaluateAsync(EnqueueScript, [Stream, JobKey(id)], [id, kind, text, traceParent], Repeatable);

    /// <summary>Begins with the oldest job, so that jobs which came before the first consumer are not missed.</summary>
    internal async Task EnsureGroupAsync()
    {
        try
        {
            await redis.StreamCreateConsumerGroupAsync(Stream, Group, StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It is there.
        }
    }

    /// <summary>Takes jobs that nobody has taken. When the answer is lost they count as taken, and are reclaimed later.</summary>
    internal async Task<IReadOnlyList<Job>> TakeAsync(string consumer, int count)
    {
        var entries = await redis.StreamReadGroupAsync(Stream, Group, consumer, StreamPosition.NewMessages, count);
        return [.. entries.Select(entry => Job.Read(entry, attempt: 1))];
    }

    /// <summary>Takes jobs over that have been somebody's for too long: a consumer that died, or an attempt that failed.</summary>
    internal async Task<IReadOnlyList<Job>> ReclaimAsync(string consumer, TimeSpan after, int count)
    {
        var claimed = await redis.StreamAutoClaimAsync(Stream, Group, consumer, (long)after.TotalMilliseconds, "0-0", count);
        var jobs = new List<Job>();
        foreach (var entry in claimed.ClaimedEntries)
        {
            var pending = await redis.StreamPendingMessagesAsync(Stream, Group, count: 1, consumer, minId: entry.Id, maxId: entry.Id);
            if (pending is [var taken])
            {
                jobs.Add(Job.Read(entry, taken.DeliveryCount));
            }
        }

        return jobs;
    }

    internal Task FinishAsync(Job job, string result) =>
        redis.ScriptEvaluateAsync(FinishScript, [Stream, JobKey(job.Id)], [Group, job.Entry, result, job.Attempt, KeepSeconds], Repeatable);

    /// <summary>Writes down why an attempt failed; the job stays taken until it is reclaimed.</summary>
    internal Task FailAsync(Job job, string error) =>
        redis.HashSetAsync(JobKey(job.Id), [new("error", error), new("attempts", job.Attempt)]);

    /// <summary>Moves a job to the dead letters.</summary>
    internal Task BuryAsync(Job job, string error) =>
        redis.ScriptEvaluateAsync(BuryScript, [Stream, JobKey(job.Id), Dead], [Group, job.Entry, MaxDeadLetters, job.Id, job.Kind, job.Text, error, job.Attempt, KeepSeconds], Repeatable);

    /// <summary>Says goodbye, unless jobs are still this consumer's: they would be forgotten with it.</summary>
    internal async Task LeaveAsync(string consumer)
    {
        if ((await redis.StreamPendingMessagesAsync(Stream, Group, count: 1, consumer)).Length == 0)
        {
            await redis.StreamDeleteConsumerAsync(Stream, Group, consumer);
        }
    }

    internal async Task<JobState?> FindAsync(string id)
    {
        var fields = (await redis.HashGetAllAsync(JobKey(id))).ToDictionary(field => field.Name.ToString(), field => field.Value);
        return fields.TryGetValue("state", out var state)
            ? new JobState(state.ToString(), fields.GetValueOrDefault("result"), fields.GetValueOrDefault("error"), fields.GetValueOrDefault("attempts").TryParse(out int attempts) ? attempts : 0)
            : null;
    }

    internal async Task<QueueStatistics> CountAsync()
    {
        var (taken, consumers) = await GroupAsync();
        var length = await redis.StreamLengthAsync(Stream);
        // Finished jobs are deleted. Read one after the other: between the two a job may have been finished.
        return new QueueStatistics(Math.Max(0, length - taken), taken, await redis.StreamLengthAsync(Dead), consumers);
    }

    // Before the first consumer there is no group, and to make one would be a write, which a full node refuses.
    private async Task<(int Taken, int Consumers)> GroupAsync()
    {
        try
        {
            var group = (await redis.StreamGroupInfoAsync(Stream)).FirstOrDefault(group => group.Name == Group);
            return (group.PendingMessageCount, group.ConsumerCount);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("ERR no such key", StringComparison.Ordinal))
        {
            return (0, 0);
        }
    }

    internal static RedisKey JobKey(string id) => $"{Tag}:job:{id}";
}
