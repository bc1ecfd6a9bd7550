using System.Globalization;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A number of AppHost's settings changes between two runs, the data stay.</summary>
public abstract class ScalingFacts(NodeForm form)
{
    private const int KeyCount = 300;
    private static readonly TimeSpan longestStart = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodesOfAFourthShardLeaveWithTheNextRunThatWantsThree()
    {
        var four = new AppHostSettings(form) { FirstPort = FreePorts.ForNodes(8), Further = new Dictionary<string, string> { ["RedisCluster__Shards"] = "4" } };
        var three = four with { Further = new Dictionary<string, string>() };
        using var client = new HttpClient { BaseAddress = four.Api };
        try
        {
            await using (var run = await AppHostRun.StartAsync(four, Token))
            {
                await run.WaitUntilHealthyAsync(longestStart, Token);
                foreach (var number in Enumerable.Range(0, KeyCount))
                {
                    using var response = await client.PutAsync(Key(number), new StringContent($"value {number}"), Token);
                    response.EnsureSuccessStatusCode();
                }

                Assert.Equal([7, 8], await DataBeyondAsync(four));
                run.PressCtrlC();
                await run.WaitForExitAsync(TimeSpan.FromSeconds(30), Token);
                await Leftovers.AssertNoneAsync(run, TimeSpan.FromSeconds(30), Token);
            }

            await using (var run = await AppHostRun.StartAsync(three, Token))
            {
                await run.WaitUntilHealthyAsync(longestStart, Token);
                await run.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token);
                foreach (var number in Enumerable.Range(0, KeyCount))
                {
                    Assert.Equal($"value {number}", await client.GetStringAsync(Key(number), Token));
                }

                await run.Resources.WaitForAsync(
                    resources => resources["redis-node-7"].Any(resource => resource.IsHidden) && resources["redis-node-8"].Any(resource => resource.IsHidden),
                    "redis-node-7 and redis-node-8 have left the dashboard", TimeSpan.FromSeconds(20), Token);
                await run.Resources.WaitForLinesAsync("redis", 2, line => line.Contains("stopped and removed", StringComparison.Ordinal),
                    "redis says that the two nodes were removed", TimeSpan.FromSeconds(30), Token);
                run.PressCtrlC();
                await run.WaitForExitAsync(TimeSpan.FromSeconds(30), Token);
            }

            // An engine gives up a volume only after its container, so those wait for the next start.
            if (form == NodeForm.Container)
            {
                await using var run = await AppHostRun.StartAsync(three, Token);
                await Wait.UntilAsync(async _ => (await DataBeyondAsync(three)).Count == 0, longestStart, () => $"The volumes of the nodes that left are still there.\n{run.Output}", Token);
            }

            Assert.Empty(await DataBeyondAsync(three));
        }
        finally
        {
            await Data.RemoveAsync(four, Token);
        }
    }

    private static Uri Key(int number) => new($"/kv/scale:{number}", UriKind.Relative);

    // Numbers of nodes beyond the first six that have a data folder or volume.
    private async Task<IReadOnlyList<int>> DataBeyondAsync(AppHostSettings settings)
    {
        var names = form == NodeForm.Process
            ? Directory.EnumerateDirectories(Data.FolderOf(settings), "node-*", SearchOption.AllDirectories).Select(folder => Path.GetFileName(folder)["node-".Length..])
            : (await Tool.RunAsync("docker", ["volume", "ls", "--quiet", "--filter", $"name=^{settings.Marker}-"], Token)).Succeeded()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name[(settings.Marker.Length + 1)..]);
        return [.. names.Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : 0).Where(number => number > AppHostSettings.NodeCount).Order()];
    }
}

[Trait("Form", nameof(NodeForm.Process))]
public sealed class ProcessFormScalingTests() : ScalingFacts(NodeForm.Process);

[Trait("Form", nameof(NodeForm.Container))]
public sealed class ContainerFormScalingTests() : ScalingFacts(NodeForm.Container);
