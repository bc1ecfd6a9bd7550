using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Aspire.Hosting.Dcp;

/// <summary>What all objects of DCP's Kubernetes-style API have in common; each kind adds its spec and status.</summary>
internal abstract record DcpObject
{
    public const string ApiGroup = "usvc-dev.developer.microsoft.com/v1";

    [JsonPropertyOrder(-1)]
    public string ApiVersion { get; } = ApiGroup;

    [JsonPropertyOrder(-1)]
    public string Kind => GetType().Name;

    public required ObjectMetadata Metadata { get; init; }

    [JsonIgnore]
    public string Name => Metadata.Name;
}

/// <summary>Ties a kind of object to its place in the API and to its serializer.</summary>
internal interface IDcpKind<TSelf> where TSelf : DcpObject, IDcpKind<TSelf>
{
    static abstract string Plural { get; }

    static abstract JsonTypeInfo<TSelf> Json { get; }

    static abstract JsonTypeInfo<WatchEvent<TSelf>> WatchJson { get; }
}

internal sealed record ObjectMetadata(string Name)
{
    public const string ServiceProducer = "service-producer";

    /// <summary>Differs between an object and one of the same name that replaces it.</summary>
    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public DateTime? CreationTimestamp { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}

/// <summary>A change of type <c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c> or <c>BOOKMARK</c>.</summary>
internal sealed record WatchEvent<T>(string Type, T Object)
{
    public bool IsDeleted => Type == "DELETED";
}

internal sealed record NameAndValue(string Name, string? Value);

/// <summary>Says which service an object implements; without a port, DCP chooses one for an executable.</summary>
internal sealed record ServiceProducer(string ServiceName, string? Address, int? Port);

/// <summary>DCP's own state, at <c>/admin/execution</c>.</summary>
internal sealed record ApiServerExecution(string Status, string? ShutdownResourceCleanup = null)
{
    public const string CleaningResources = "CleaningResources";
    public const string Stopping = "Stopping";
}

/// <summary>The JSON body of a refused request.</summary>
internal sealed record RefusedRequest(string? Reason, string? Message);

/// <summary>What <c>dcp info</c> prints.</summary>
internal sealed record DcpInformation(string Version, ContainerRuntimeState? Containers);

internal sealed record ContainerRuntimeState(string? Runtime, bool Installed, bool Running, string? Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WatchEvent<Container>))]
[JsonSerializable(typeof(WatchEvent<ContainerNetwork>))]
[JsonSerializable(typeof(WatchEvent<Executable>))]
[JsonSerializable(typeof(WatchEvent<Service>))]
[JsonSerializable(typeof(ServiceProducer[]))]
[JsonSerializable(typeof(ApiServerExecution))]
[JsonSerializable(typeof(RefusedRequest))]
[JsonSerializable(typeof(DcpInformation))]
internal sealed partial class DcpJson : JsonSerializerContext;
