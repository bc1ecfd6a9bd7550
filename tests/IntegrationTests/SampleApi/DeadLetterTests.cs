using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SampleApi.Patterns.WorkQueue;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class DeadLetterTests : ClusterTest
{
    private static readonly (string, string)[] GivesUpAtOnce = [("Work:ReclaimAfter", "00:00:00.100"), ("Work:HandleWithin", "00:00:00.050"), ("Work:MaxAttempts", "1")];

    private RedisNodes _nodes = null!;

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync();
    }

    // As after a fix: the instance that fails such jobs is replaced by one that can do them.
    [Fact]
    public async Task AJobThatIsQueuedAgainIsDoneUnderItsOldIdWithNewAttempts()
    {
        JobState dead;
        DeadLetter letter;
        await using (var broken = ApiUnderTest.Start(_nodes, GivesUpAtOnce))
        {
            var path = await EnqueueAsync(broken.Client, "wait", "100");
            letter = Assert.Single(await LettersAsync(broken.Client, 1));
            dead = (await broken.Client.GetFromJsonAsync<JobState>(path, CancellationToken))!;
            Assert.Equal(("dead", "wait", "100"), (dead.State, letter.Kind, letter.Text));
        }

        await using var mended = TwoInstances.Start(_nodes);
        using var answer = await mended[0].PostAsync($"/work/dead-letters/{letter.Letter}/requeue", null, CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"/work/{Guid.ParseExact(letter.Id, "N")}", answer.Headers.Location!.ToString());
        await Eventually.HoldsAsync("the job is done at its first attempt", async token => await mended[1].GetFromJsonAsync<JobState>(answer.Headers.Location, token) is { State: "done", Error: null, Attempts: 1 });
        Assert.Empty(await LettersAsync(mended[1], 0));
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await mended[1].DeleteAsync($"/work/dead-letters/{letter.Letter}", CancellationToken));
    }

    [Fact]
    public async Task AllAreQueuedAgainOnceAndWhatDiesAgainIsAnotherLetter()
    {
        await using var api = ApiUnderTest.Start(_nodes, GivesUpAtOnce);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(job => EnqueueAsync(api.Client, "fail", $"{job}")));
        var before = await LettersAsync(api.Client, 150);
        Assert.Equal(150, await CountAsync(await api.Client.PostAsync("/work/dead-letters/requeue", null, CancellationToken)));
        var after = await LettersAsync(api.Client, 150);
        Assert.Empty(before.Select(letter => letter.Letter).Intersect(after.Select(letter => letter.Letter)));
    }

    [Fact]
    public async Task OneOrAllAreDropped()
    {
        await using var api = ApiUnderTest.Start(_nodes, GivesUpAtOnce);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(job => EnqueueAsync(api.Client, "fail", $"{job}")));
        var letters = await LettersAsync(api.Client, 3);
        Assert.Equal(HttpStatusCode.NoContent, (await api.Client.DeleteAsync($"/work/dead-letters/{letters[0].Letter}", CancellationToken)).StatusCode);
        await Problem.ExpectAsync(HttpStatusCode.NotFound, await api.Client.PostAsync($"/work/dead-letters/{letters[0].Letter}/requeue", null, CancellationToken));
        Assert.Equal(2, await CountAsync(await api.Client.DeleteAsync("/work/dead-letters", CancellationToken)));
        Assert.Empty(await LettersAsync(api.Client, 0));
        Assert.Equal(0, await CountAsync(await api.Client.PostAsync("/work/dead-letters/requeue", null, CancellationToken)));
    }

    private static async Task<string> EnqueueAsync(HttpClient client, string kind, string text)
    {
        using var answer = await client.PostAsJsonAsync("/work", new { kind, text }, CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    // The newest 100 of them at most.
    private static async Task<IReadOnlyList<DeadLetter>> LettersAsync(HttpClient client, int expected)
    {
        QueueStatistics? last = null;
        await Eventually.HoldsAsync($"{expected} jobs are dead and nothing else is left", async token => (last = await client.GetFromJsonAsync<QueueStatistics>("/work", token)) is { Waiting: 0, InWork: 0 } && last.DeadLetters == expected, found: () => $"{last}");
        return (await client.GetFromJsonAsync<DeadLetter[]>("/work/dead-letters?count=100", CancellationToken))!;
    }

    private static async Task<int> CountAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(CancellationToken)).GetProperty("count").GetInt32();
        }
    }
}
