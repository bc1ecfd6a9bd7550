using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IntegrationTests.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SampleApi.Patterns.WorkQueue;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class WorkQueueTests : ClusterTest
{
    private RedisNodes _nodes = null!;

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1000);
    }

    [Fact]
    public async Task AJobIsDoneByWhicheverInstanceIsFree()
    {
        await using var api = TwoInstances.Start(_nodes);
        var id = await EnqueueAsync(api[0], "hash", "text");
        await BecomesAsync(api[1], id, new JobState("done", "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1", null, 1));
        await Eventually.HoldsAsync("nothing is left of it", async token => await CountAsync(api[1].GetAsync("/work", token)) is { Waiting: 0, InWork: 0, DeadLetters: 0 });
    }

    [Fact]
    public async Task AJobThatFailsIsRepeatedAndThenADeadLetterWithItsReason()
    {
        await using var api = TwoInstances.Start(_nodes, ("Work:ReclaimAfter", "00:00:00.100"), ("Work:HandleWithin", "00:00:00.050"), ("Work:MaxAttempts", "3"));
        var failing = await EnqueueAsync(api[0], "fail", "poison");
        var slow = await EnqueueAsync(api[0], "wait", "5000");
        await BecomesAsync(api[0], failing, new JobState("dead", null, "A job 'fail' always fails.", 3));
        await BecomesAsync(api[0], slow, new JobState("dead", null, "It took longer than 00:00:00.0500000.", 3));

        var letters = await api[1].GetFromJsonAsync<DeadLetter[]>("/work/dead-letters", CancellationToken);
        Assert.Equal(new[] { ("fail", "poison", 3), ("wait", "5000", 3) }, letters!.Select(letter => (letter.Kind, letter.Text, letter.Attempts)).Order());
        var expected = new QueueStatistics(0, 0, 2, 2); // an instance is a consumer once it has asked for work
        await Eventually.HoldsAsync($"{expected}", async token => await CountAsync(api[0].GetAsync("/work", token)) == expected);
    }

    [Fact]
    public async Task ATimeoutOfTheJobItselfIsAFailedAttempt()
    {
        await using var api = ApiUnderTest.Start(_nodes, services => services.AddSingleton<DoWork>((_, _) => throw new TimeoutException("The shop does not answer.")), ("Work:MaxAttempts", "1"));
        await BecomesAsync(api.Client, await EnqueueAsync(api.Client, "hash", "text"), new JobState("dead", null, "The shop does not answer.", 1));
    }

    // As long as a job may take, a host does not wait.
    [Fact]
    public async Task AJobThatOutlastsTheStopIsLeftToAnotherInstance()
    {
        var ended = new TaskCompletionSource();
        await using var api = ApiUnderTest.Start(_nodes, services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)).AddSingleton<DoWork>(async (_, end) =>
        {
            await Task.Delay(Timeout.Infinite, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
            end.ThrowIfCancellationRequested();
            return "never";
        }), ("Work:ReclaimAfter", "00:20:00"), ("Work:HandleWithin", "00:10:00"));
        var id = await EnqueueAsync(api.Client, "wait", "10000");
        await Eventually.HoldsAsync("it is in work", async token => await CountAsync(api.Client.GetAsync("/work", token)) is { InWork: 1 });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await api.StopAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(2), CancellationToken); // and does not go on in an application that has ended

        await using var other = ApiUnderTest.Start(_nodes, services => services.AddSingleton<DoWork>((_, _) => Task.FromResult("done by another")), ("Work:ReclaimAfter", "00:00:00.500"), ("Work:HandleWithin", "00:00:00.400"));
        await BecomesAsync(other.Client, id, new JobState("done", "done by another", null, 2));
    }

    // What kills its instance each time would go round for ever: the instance that reclaims it once too often gives it up.
    [Fact]
    public async Task AJobThatWasAbandonedTooOftenIsADeadLetter()
    {
        var stream = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], JobQueue.Tag);
        await using (var api = ApiUnderTest.Start(_nodes, ("Work:Parallelism", "0")))
        {
            await EnqueueAsync(api.Client, "hash", "deadly");
        }

        await stream.AskAsync("XGROUP", "CREATE", "{work}:stream", "workers", "0");
        await stream.AskAsync("XREADGROUP", "GROUP", "workers", "died-1", "STREAMS", "{work}:stream", ">");
        await stream.AskAsync("XAUTOCLAIM", "{work}:stream", "workers", "died-2", "0", "0");
        await using var survivor = ApiUnderTest.Start(_nodes, ("Work:ReclaimAfter", "00:00:00.100"), ("Work:HandleWithin", "00:00:00.050"), ("Work:MaxAttempts", "2"));
        await Eventually.HoldsAsync("it is a dead letter", async token => await CountAsync(survivor.Client.GetAsync("/work", token)) is { InWork: 0, DeadLetters: 1 });
        var letter = Assert.Single((await survivor.Client.GetFromJsonAsync<DeadLetter[]>("/work/dead-letters", CancellationToken))!);
        Assert.Equal("It was abandoned by the instances that had it, 2 times.", letter.Error);
    }

    [Fact]
    public async Task AStopFinishesWhatIsInHandAndTakesNothingMore()
    {
        await using var second = ApiUnderTest.Start(_nodes, ("Work:Parallelism", "0"));
        var first = ApiUnderTest.Start(_nodes, ("Work:Parallelism", "2"));
        var ids = new List<string>();
        for (var job = 0; job < 3; job++)
        {
            ids.Add(await EnqueueAsync(second.Client, "wait", "500"));
        }

        await Eventually.HoldsAsync("both hands are full", async token => await CountAsync(second.Client.GetAsync("/work", token)) is { InWork: 2, Waiting: 1 });
        await first.DisposeAsync();
        Assert.Equal(new QueueStatistics(1, 0, 0, 0), await CountAsync(second.Client.GetAsync("/work", CancellationToken)));
        Assert.Equal(2, (await Task.WhenAll(ids.Select(id => StateAsync(second.Client, id)))).Count(state => state.State == "done"));
    }

    [Fact]
    public async Task NoJobIsLostWhenAnInstanceAndThePrimaryAreKilled()
    {
        (string, string)[] settings = [("Work:ReclaimAfter", "00:00:02"), ("Work:HandleWithin", "00:00:01"), ("Work:MaxAttempts", "10")];
        await using var survivor = await ApiProcess.StartAsync(_nodes, settings);
        await using var victim = await ApiProcess.StartAsync(_nodes, settings);
        using var enough = new CancellationTokenSource();
        var enqueuing = Task.WhenAll(Enumerable.Range(0, 4).Select(async caller =>
        {
            var accepted = new List<string>();
            for (var job = 0; !enough.IsCancellationRequested; job++)
            {
                using var answer = await survivor.Client.PostAsJsonAsync("/work", new { kind = "wait", text = $"{caller + 1}" }, CancellationToken);
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
                accepted.Add(answer.Headers.Location!.ToString());
            }

            return accepted;
        }));

        await Eventually.HoldsAsync("the victim works too", async token => await CountAsync(survivor.Client.GetAsync("/work", token)) is { Consumers: 2, InWork: > 4 });
        await victim.KillAsync();
        var primary = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], JobQueue.Tag);
        await primary.KillAsync();
        await FormedCluster.BecomesPrimaryAsync(FormedCluster.ReplicaOf(_nodes, primary));
        await enough.CancelAsync();
        var accepted = (await enqueuing).SelectMany(paths => paths).ToList();

        await Eventually.HoldsAsync("the queue is empty", async token => await CountAsync(survivor.Client.GetAsync("/work", token)) is { Waiting: 0, InWork: 0, DeadLetters: 0 });
        var states = await Task.WhenAll(accepted.Select(path => survivor.Client.GetFromJsonAsync<JobState>(path, CancellationToken)));
        Assert.All(states, state => Assert.Equal("done", state!.State));
        Assert.True(states.Length > 20, $"Expected traffic, found {states.Length} jobs.");
    }

    private static async Task<string> EnqueueAsync(HttpClient client, string kind, string text)
    {
        using var answer = await client.PostAsJsonAsync("/work", new { kind, text }, CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken)).GetProperty("id").GetString()!;
        Assert.Equal($"/work/{id}", answer.Headers.Location!.ToString());
        return id;
    }

    private static async Task<JobState> StateAsync(HttpClient client, string id) => (await client.GetFromJsonAsync<JobState>($"/work/{id}", CancellationToken))!;

    private static async Task BecomesAsync(HttpClient client, string id, JobState expected)
    {
        JobState? last = null;
        await Eventually.HoldsAsync($"job {id} is {expected}", async _ => (last = await StateAsync(client, id)) == expected, found: () => $"{last}");
    }

    private static async Task<QueueStatistics> CountAsync(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<QueueStatistics>(CancellationToken))!;
    }
}
