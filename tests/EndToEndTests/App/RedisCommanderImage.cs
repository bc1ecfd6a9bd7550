using Support;

namespace EndToEndTests.App;

/// <summary>An image of Redis Commander that is made here, laid out as its own: from npm, once.</summary>
internal static class RedisCommanderImage
{
    private const string Version = "0.9.0";
    private const string Name = $"redis-cluster-aspire/redis-commander:{Version}";
    private static readonly TimeSpan LongestMaking = TimeSpan.FromMinutes(4);

    public static async Task<string> MakeAsync(CancellationToken cancellationToken)
    {
        await ContainerEngine.RequireAsync(cancellationToken);
        if (await Tool.SucceedsAsync("docker", ["image", "inspect", Name], LongestMaking, cancellationToken))
        {
            return Name;
        }

        Runner.Require(Tool.Find("npm") is not null && Tool.Find("node") is not null, "npm and node are not on PATH.");
        var folder = Directory.CreateTempSubdirectory("redis-commander-");
        try
        {
            await Tool.RunAsync("npm", ["install", "--prefix", folder.FullName, "--omit=dev", "--no-audit", "--no-fund", $"redis-commander@{Version}"], cancellationToken);
            var modules = Path.Combine(folder.FullName, "node_modules");
            await Tool.RunAsync(
                Repository.PathOf("eng", "images", "from-host"),
                [Name, "node", $"{modules}:/node_modules", $"{Path.Combine(modules, "redis-commander")}:/redis-commander", "--change", "WORKDIR /redis-commander", "--change", "ENV NODE_ENV=production"],
                cancellationToken);
            return Name;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
