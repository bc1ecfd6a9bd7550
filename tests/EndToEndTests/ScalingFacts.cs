using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A number of AppHost's settings changes between two runs, the data stays.</summary>
public abstract class ScalingFacts(NodeForm form)
{
    private const int KeyCount = 300;
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodesOfAFourthShardLeaveWithTheNextRunThatWantsThree()
    {
        var three = new AppHostSettings(form);
        var four = three with { Shards = 4 };
        try
        {
            await using (var run = await RunningAppHost.StartAsync(four, Token))
            {
                await run.UntilWholeAsync(LongestStart, Token);
                using var client = run.CreateClient();
                foreach (var number in Enumerable.Range(0, KeyCount))
                {
                    using var response = await client.PutAsync(Key(number), new StringContent($"value {number}"), Token);
                    response.EnsureSuccessStatusCode();
                }

                Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], await Data.NodesWithDataAsync(four, Token));
            }

            await using (var run = await RunningAppHost.StartAsync(three, Token))
            {
                await run.UntilWholeAsync(LongestStart, Token);
                using var client = run.CreateClient();
                foreach (var number in Enumerable.Range(0, KeyCount))
                {
                    Assert.Equal($"value {number}", await client.GetStringAsync(Key(number), Token));
                }

                await run.UntilAsync(
                    resources => resources["redis-node-7"].Any(resource => resource.IsHidden) && resources["redis-node-8"].Any(resource => resource.IsHidden),
                    "redis-node-7 and redis-node-8 have left the dashboard", TimeSpan.FromSeconds(20), Token);
                await run.UntilLinesAsync("redis", 2, line => line.Contains("stopped and removed", StringComparison.Ordinal), "redis says that two nodes are gone", TimeSpan.FromSeconds(20));
                if (form == NodeForm.Process)
                {
                    Assert.Equal([1, 2, 3, 4, 5, 6], await Data.NodesWithDataAsync(three, Token));
                }
            }

            if (form == NodeForm.Container)
            {
                // A volume can only be removed by the next start, before its first resource: the run that wanted three still had its container.
                await using var next = await RunningAppHost.BuildAsync(three, Token);
                await RunningAppHost.PrepareAsync(next, Token);
                Assert.Equal(AppHostSettings.NodeCount, (await Data.NodesWithDataAsync(three, Token)).Count);
            }
        }
        finally
        {
            await Data.RemoveAsync(four, Token);
        }
    }

    private static Uri Key(int number) => new($"/kv/scale:{number}", UriKind.Relative);
}

[Trait("Form", nameof(NodeForm.Process))]
public sealed class ProcessFormScalingTests() : ScalingFacts(NodeForm.Process);

[Trait("Form", nameof(NodeForm.Container))]
public sealed class ContainerFormScalingTests() : ScalingFacts(NodeForm.Container);
