namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place from which an endpoint is reached; its address depends on it.</summary>
public record NetworkIdentifier(string Value);

public static class KnownNetworkIdentifiers
{
    /// <summary>Processes on this machine.</summary>
    public static readonly NetworkIdentifier LocalhostNetwork = new("localhost");

    /// <summary>The network that all containers of the application share.</summary>
    public static readonly NetworkIdentifier DefaultAspireContainerNetwork = new("aspire-container-network");
}

internal static class NetworkExtensions
{
    /// <summary>The network a resource lives in: containers in theirs, all else on the host.</summary>
    public static NetworkIdentifier GetNetwork(this IResource resource) =>
        resource.IsContainer() ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork : KnownNetworkIdentifiers.LocalhostNetwork;

    public static NetworkIdentifier GetNetwork(this ValueProviderContext context) =>
        context.Network ?? context.Caller?.GetNetwork() ?? KnownNetworkIdentifiers.LocalhostNetwork;
}
