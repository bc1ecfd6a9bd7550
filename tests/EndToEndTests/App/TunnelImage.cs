using Support;

namespace EndToEndTests.App;

/// <summary>
/// What the orchestrator builds its tunnel from containers to the host on. Where no registry can be reached, an image with the C library stands in for it as
/// long as the test runs.
/// </summary>
internal sealed class TunnelImage : IAsyncDisposable
{
    private const string Name = "mcr.microsoft.com/azurelinux/base/core:3.0";
    private static readonly TimeSpan LongestPull = TimeSpan.FromMinutes(1);
    private readonly bool _standsIn;

    private TunnelImage(bool standsIn) => _standsIn = standsIn;

    public static async Task<TunnelImage> EnsureAsync(string standIn, CancellationToken cancellationToken)
    {
        if (await Tool.SucceedsAsync("docker", ["image", "inspect", Name], LongestPull, cancellationToken) || await Tool.SucceedsAsync("docker", ["pull", Name], LongestPull, cancellationToken))
        {
            return new TunnelImage(standsIn: false);
        }

        await Tool.RunAsync("docker", ["tag", standIn, Name], cancellationToken);
        return new TunnelImage(standsIn: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_standsIn)
        {
            await Tool.RunAsync("docker", ["rmi", Name], CancellationToken.None);
        }
    }
}
