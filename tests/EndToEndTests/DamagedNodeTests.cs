using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A node whose files the server refuses: the cluster says which, and what the README says helps.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class DamagedNodeTests
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestLine = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeWithADamagedNodesConfIsNamedAndReturnsWithoutThatFile()
    {
        const string Damaged = "redis-node-2";
        var settings = new AppHostSettings(NodeForm.Process);
        try
        {
            await using (var first = await RunningAppHost.StartAsync(settings, Token))
            {
                await first.UntilWholeAsync(LongestStart, Token);
                using var client = first.CreateClient();
                foreach (var key in Keys)
                {
                    using var response = await client.PutAsync(key, new StringContent($"value of {key}"), Token);
                    response.EnsureSuccessStatusCode();
                }
            }

            var file = Assert.Single(Directory.GetFiles(Data.Folder, "nodes.conf", SearchOption.AllDirectories), path => Path.GetFileName(Path.GetDirectoryName(path)) == "node-2");
            await File.AppendAllTextAsync(file, "this is no node\n", Token);

            await using var second = await RunningAppHost.StartAsync(settings, Token);
            await second.UntilAsync(resources => resources["redis"].Any(cluster => cluster.State?.Text == "FailedToStart"), "redis has failed to start", LongestStart, Token);
            await second.UntilLinesAsync(Damaged, 1, line => line.Contains("corrupted cluster config file", StringComparison.Ordinal), $"{Damaged} says what it does not accept", LongestLine);
            await second.UntilLinesAsync("redis", 1, line => line.Contains(Damaged, StringComparison.Ordinal) && line.Contains("Run initializer", StringComparison.Ordinal),
                $"redis names {Damaged} and what to do", LongestLine);

            File.Delete(file);
            await second.ExecuteAsync(Damaged, "start", Token);
            await second.UntilAsync(resources => resources[Damaged].All(node => node.State?.Text == "Running"), $"{Damaged} runs again", LongestStart, Token);
            await second.ExecuteAsync("redis", "run-initializer", Token);
            await second.UntilAsync(resources => resources["redis"].Any(cluster => cluster.State?.Text == "Running"), "redis is formed", LongestStart, Token);

            // Without a dashboard Aspire gives up what waits for a resource that failed; with one it goes on waiting.
            await second.ExecuteAsync("sample-api", "start", Token);
            await second.UntilWholeAsync(LongestStart, Token);
            using var reader = second.CreateClient();
            foreach (var key in Keys)
            {
                Assert.Equal($"value of {key}", await reader.GetStringAsync(key, Token));
            }
        }
        finally
        {
            await Data.RemoveAsync(settings, Token);
        }
    }

    private static IEnumerable<Uri> Keys => Enumerable.Range(0, 100).Select(number => new Uri($"/kv/kept:{number}", UriKind.Relative));
}
