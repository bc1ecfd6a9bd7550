using StackExchange.Redis;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>One job as it lies in the stream.</summary>
/// <param name="Entry">Its id in the stream, which the server gave.</param>
/// <param name="Id">Its id for callers.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Text">With what.</param>
/// <param name="TraceParent">The trace that it came from; empty without one.</param>
/// <param name="Attempt">From 1: how often it was handed out, this time included.</param>
internal sealed record Job(RedisValue Entry, string Id, string Kind, string Text, string TraceParent, int Attempt)
{
    internal static Job Read(StreamEntry entry, int attempt) =>
        new(entry.Id, entry["id"].ToString(), entry["kind"].ToString(), entry["text"].ToString(), entry["traceparent"].ToString(), attempt);
}

/// <param name="State"><c>queued</c> until it is <c>done</c> or <c>dead</c>.</param>
/// <param name="Result">Of a job that is done.</param>
/// <param name="Error">Of the last attempt that failed.</param>
/// <param name="Attempts">How many were begun and told of.</param>
internal sealed record JobState(string State, string? Result, string? Error, int Attempts);

/// <param name="Waiting">Jobs that nobody has taken.</param>
/// <param name="InWork">Jobs that are taken: in work, failed and waiting for their next attempt, or abandoned and not reclaimed yet.</param>
/// <param name="DeadLetters">Jobs that were given up.</param>
/// <param name="Consumers">Instances that have worked and did not say goodbye.</param>
internal sealed record QueueStatistics(long Waiting, long InWork, long DeadLetters, int Consumers);
