using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A node whose files the server refuses: the cluster says which, and what the README says helps.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class DamagedNodeTests
{
    private static readonly TimeSpan longestStart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan longestLine = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeWithADamagedNodesConfIsNamedAndReturnsWithoutThatFile()
    {
        const string Damaged = "redis-node-2";
        var settings = new AppHostSettings(NodeForm.Process);
        using var client = new HttpClient { BaseAddress = settings.Api };
        try
        {
            await using (var first = await AppHostRun.StartAsync(settings, Token))
            {
                await first.WaitUntilHealthyAsync(longestStart, Token);
                foreach (var key in Keys)
                {
                    using var response = await client.PutAsync(key, new StringContent($"value of {key}"), Token);
                    response.EnsureSuccessStatusCode();
                }

                first.PressCtrlC();
                await first.WaitForExitAsync(longestStart, Token);
            }

            var file = Assert.Single(Directory.GetFiles(Data.FolderOf(settings), "nodes.conf", SearchOption.AllDirectories), path => Path.GetFileName(Path.GetDirectoryName(path)) == "node-2");
            await File.AppendAllTextAsync(file, "this is no node\n", Token);

            await using var second = await AppHostRun.StartAsync(settings, Token);
            await second.Resources.WaitForAsync(resources => resources["redis"].Any(cluster => cluster.State == "FailedToStart"), "redis has failed to start", longestStart, Token);
            await second.Resources.WaitForLinesAsync(Damaged, 1, line => line.Contains("corrupted cluster config file", StringComparison.Ordinal),
                $"{Damaged} says what it does not accept", longestLine, Token);
            await second.Resources.WaitForLinesAsync("redis", 1, line => line.Contains(Damaged, StringComparison.Ordinal) && line.Contains("Run initializer", StringComparison.Ordinal),
                $"redis names {Damaged} and what to do", longestLine, Token);

            File.Delete(file);
            await second.Resources.ExecuteAsync(Damaged, "start", Token);
            await second.Resources.WaitForAsync(resources => resources[Damaged].All(node => node.State == "Running"), $"{Damaged} runs again", longestStart, Token);
            await second.Resources.ExecuteAsync("redis", "run-initializer", Token);
            await second.WaitUntilHealthyAsync(longestStart, Token);
            await second.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token);
            foreach (var key in Keys)
            {
                Assert.Equal($"value of {key}", await client.GetStringAsync(key, Token));
            }
        }
        finally
        {
            await Data.RemoveAsync(settings, Token);
        }
    }

    private static IEnumerable<Uri> Keys => Enumerable.Range(0, 100).Select(number => new Uri($"/kv/kept:{number}", UriKind.Relative));
}
