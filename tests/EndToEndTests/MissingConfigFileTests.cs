using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>A refused start for which a file of the repository is taken away, from every other start too.</summary>
public sealed class MissingConfigFileTests
{
    [Fact]
    public async Task MissingConfigFileIsNamed()
    {
        var file = Path.Combine(Repository.Root, "AppHost", "nodes", "node-3", "redis.conf");
        var aside = file + ".aside";
        File.Move(file, aside);
        try
        {
            await Refusal.OfAsync(new AppHostSettings(NodeForm.Process), ["redis-node-3", Path.Combine("node-3", "redis.conf")], TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Move(aside, file);
        }
    }
}
