using System.Security.Cryptography;
using Support;

namespace EndToEndTests.App;

/// <summary>A container network that only occupies a subnet until it is disposed.</summary>
internal sealed class TemporaryNetwork : IAsyncDisposable
{
    private readonly string? _name;

    private TemporaryNetwork(string? name) => _name = name;

    public static TemporaryNetwork None { get; } = new(null);

    public static async Task<TemporaryNetwork> CreateAsync(CancellationToken cancellationToken)
    {
        var name = "e2e-subnet-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        await Tool.RunAsync("docker", ["network", "create", name], cancellationToken);
        return new TemporaryNetwork(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_name is not null)
        {
            await Tool.RunAsync("docker", ["network", "rm", _name], CancellationToken.None);
        }
    }
}
