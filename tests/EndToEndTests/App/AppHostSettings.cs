using System.Globalization;
using System.Security.Cryptography;

namespace EndToEndTests.App;

/// <summary>How nodes run; the value of RedisCluster:Runtime.</summary>
public enum NodeForm
{
    Process,
    Container,
}

/// <summary>Everything that keeps one AppHost apart from every other on this machine, and its shape.</summary>
internal sealed record AppHostSettings(NodeForm Form)
{
    public const int NodeCount = 6;

    /// <summary>Begins the names of volumes.</summary>
    public string Marker { get; init; } = "e2e-" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    // Room for a fourth shard.
    public int FirstPort { get; init; } = FreePorts.Block(NodeCount + 2);

    public int ApiPort { get; init; } = FreePorts.One();

    public string Password { get; init; } = RandomNumberGenerator.GetHexString(24);

    /// <summary>How many instances of SampleApi share its port.</summary>
    public int Instances { get; init; } = 1;

    public int Shards { get; init; } = 3;

    /// <summary>Further arguments of AppHost, as <c>Section:Name=value</c>; they win.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    public IEnumerable<int> NodePorts => Enumerable.Range(FirstPort, NodeCount);

    public Uri Api => new($"http://localhost:{ApiPort}");

    public string NodeName(int port) => $"redis-node-{port - FirstPort + 1}";

    /// <summary>The arguments of AppHost; the password is not among them.</summary>
    public async Task<IReadOnlyList<string>> ArgumentsAsync(CancellationToken cancellationToken) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--RedisCluster:FirstPort={FirstPort}"),
        string.Create(CultureInfo.InvariantCulture, $"--RedisCluster:Shards={Shards}"),
        $"--RedisCluster:DataVolumeName={Marker}",
        string.Create(CultureInfo.InvariantCulture, $"--SampleApi:Port={ApiPort}"),
        string.Create(CultureInfo.InvariantCulture, $"--SampleApi:Replicas={Instances}"),
        .. await FormArgumentsAsync(cancellationToken),
    ];

    /// <summary>Those of them that say what a node is, and those beyond.</summary>
    public async Task<IReadOnlyList<string>> FormArgumentsAsync(CancellationToken cancellationToken) =>
    [
        $"--RedisCluster:Runtime={Form}",
        .. Form == NodeForm.Container && !Further.Any(argument => argument.StartsWith("RedisCluster:Image=", StringComparison.Ordinal))
            ? new[] { $"--RedisCluster:Image={await ContainerEngine.ImageAsync(cancellationToken)}" } : [],
        .. Further.Select(argument => $"--{argument}"),
    ];
}
