using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Aspire.Hosting.Dcp;

internal sealed record Container : DcpObject, IDcpKind<Container>
{
    public static string Plural => "containers";

    public static JsonTypeInfo<Container> Json => DcpJson.Default.Container;

    public static JsonTypeInfo<WatchEvent<Container>> WatchJson => DcpJson.Default.WatchEventContainer;

    public required ContainerSpec Spec { get; init; }

    public ContainerStatus? Status { get; init; }
}

internal sealed record ContainerSpec
{
    public required string Image { get; init; }

    /// <summary>The container's name in the engine. DCP adopts, and later deletes, a container that already has it.</summary>
    public required string ContainerName { get; init; }

    public string? PullPolicy { get; init; }

    /// <summary>Replaces the image's entry point.</summary>
    public string? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<NameAndValue>? Env { get; init; }

    public IReadOnlyList<PortMapping>? Ports { get; init; }

    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    public IReadOnlyList<NetworkConnection>? Networks { get; init; }

    public IReadOnlyList<string>? RunArgs { get; init; }
}

/// <summary>A published port. Without a host port, the engine chooses one.</summary>
internal sealed record PortMapping(int ContainerPort, int? HostPort, string Protocol)
{
    /// <summary>Nobody else on the network shall reach it.</summary>
    [JsonPropertyName("hostIP")]
    public string HostAddress { get; } = "127.0.0.1";
}

/// <summary>A mount of type <c>bind</c> or <c>volume</c>.</summary>
internal sealed record VolumeMount(string Type, string? Source, string Target, bool ReadOnly);

/// <summary>Membership in a network, by the name of its DCP object, not its name in the engine.</summary>
internal sealed record NetworkConnection(string Name, IReadOnlyList<string> Aliases);

internal sealed record ContainerStatus
{
    public string? State { get; init; }

    public string? ContainerId { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }

    public int? ExitCode { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<NameAndValue>? EffectiveEnv { get; init; }

    public IReadOnlyList<string>? EffectiveArgs { get; init; }
}

internal sealed record ContainerNetwork : DcpObject, IDcpKind<ContainerNetwork>
{
    public static string Plural => "containernetworks";

    public static JsonTypeInfo<ContainerNetwork> Json => DcpJson.Default.ContainerNetwork;

    public static JsonTypeInfo<WatchEvent<ContainerNetwork>> WatchJson => DcpJson.Default.WatchEventContainerNetwork;

    public required ContainerNetworkSpec Spec { get; init; }

    public ContainerNetworkStatus? Status { get; init; }
}

internal sealed record ContainerNetworkSpec(string NetworkName);

internal sealed record ContainerNetworkStatus(string? State);

internal sealed record Executable : DcpObject, IDcpKind<Executable>
{
    public static string Plural => "executables";

    public static JsonTypeInfo<Executable> Json => DcpJson.Default.Executable;

    public static JsonTypeInfo<WatchEvent<Executable>> WatchJson => DcpJson.Default.WatchEventExecutable;

    public required ExecutableSpec Spec { get; init; }

    public ExecutableStatus? Status { get; init; }
}

internal sealed record ExecutableSpec
{
    public required string ExecutablePath { get; init; }

    public required string WorkingDirectory { get; init; }

    public string ExecutionType { get; } = "Process";

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<NameAndValue>? Env { get; init; }
}

internal sealed record ExecutableStatus
{
    public string? State { get; init; }

    public int? Pid { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }

    public int? ExitCode { get; init; }

    public IReadOnlyList<NameAndValue>? EffectiveEnv { get; init; }

    public IReadOnlyList<string>? EffectiveArgs { get; init; }
}

internal sealed record Service : DcpObject, IDcpKind<Service>
{
    public static string Plural => "services";

    public static JsonTypeInfo<Service> Json => DcpJson.Default.Service;

    public static JsonTypeInfo<WatchEvent<Service>> WatchJson => DcpJson.Default.WatchEventService;

    public required ServiceSpec Spec { get; init; }

    public ServiceStatus? Status { get; init; }
}

/// <summary>A proxy. Without a port, DCP chooses one.</summary>
internal sealed record ServiceSpec(int? Port, string Protocol)
{
    public string AddressAllocationMode { get; } = "Localhost";
}

internal sealed record ServiceStatus(string? State, string? EffectiveAddress, int? EffectivePort);
