using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Gives every endpoint its address: a proxied one is a DCP service, any other is the port of the resource itself.</summary>
internal static class DcpEndpoints
{
    /// <summary>A dot, which no resource or endpoint name contains, keeps two services apart.</summary>
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) => $"{resource.Name}.{endpoint.Name}";

    public static string Protocol(EndpointAnnotation endpoint) => endpoint.Protocol == ProtocolType.Udp ? "UDP" : "TCP";

    /// <exception cref="DistributedApplicationException">Ports contradict each other or are in use; the message has every one.</exception>
    public static async Task AllocateAsync(DistributedApplicationModel model, DcpClient client, CancellationToken cancellationToken)
    {
        var endpoints = model.Resources.OfType<IComputeResource>()
            .SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (Resource: (IResource)resource, Endpoint: endpoint)))
            .ToArray();
        PortRules.ThrowOnProblems(endpoints);

        var pending = new Dictionary<string, (IResource Resource, EndpointAnnotation Endpoint)>();
        List<Task> created = [];
        foreach (var (resource, endpoint) in endpoints)
        {
            if (!endpoint.IsProxied)
            {
                var port = endpoint.Port ??= FreePort();
                Allocate(resource, endpoint, port, (endpoint.TargetPort ?? port).ToString(CultureInfo.InvariantCulture));
                continue;
            }

            var service = ServiceName(resource, endpoint);
            created.Add(client.CreateAsync(new Service { Metadata = new(service), Spec = new(endpoint.Port, Protocol(endpoint)) }, cancellationToken));
            if (endpoint.Port is { } known)
            {
                Allocate(resource, endpoint, known, TargetPortOf(service));
            }
            else
            {
                pending.Add(service, (resource, endpoint));
            }
        }

        await Task.WhenAll(created);
        await AwaitPortsAsync(pending, client, cancellationToken);
    }

    /// <summary>What DCP needs to know about the services that an object implements.</summary>
    public static ServiceProducer[] ProducedBy(IResource resource) =>
    [
        .. resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.IsProxied)
            .Select(endpoint => new ServiceProducer(ServiceName(resource, endpoint), Address(endpoint.TargetHost), endpoint.TargetPort)),
    ];

    private static async Task AwaitPortsAsync(Dictionary<string, (IResource Resource, EndpointAnnotation Endpoint)> pending, DcpClient client, CancellationToken cancellationToken)
    {
        while (pending.Count > 0)
        {
            await foreach (var change in client.WatchAsync<Service>(cancellationToken))
            {
                if (change.Object.Status?.EffectivePort is > 0 and { } port && pending.Remove(change.Object.Name, out var owner))
                {
                    Allocate(owner.Resource, owner.Endpoint, port, TargetPortOf(change.Object.Name));
                }

                if (pending.Count == 0)
                {
                    break;
                }
            }
        }
    }

    private static void Allocate(IResource resource, EndpointAnnotation endpoint, int port, string targetPort)
    {
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, Address(endpoint.TargetHost), port, BindingMode(endpoint.TargetHost), targetPort);

        // Containers reach each other by the alias on their network, and a process by the engine's name for the host.
        var network = KnownNetworkIdentifiers.DefaultAspireContainerNetwork;
        var (host, inside) = resource.IsContainer() ? ($"{resource.Name}.dev.internal", endpoint.TargetPort!.Value) : (KnownHosts.ContainerHost, port);
        endpoint.AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(
            network, new AllocatedEndpoint(endpoint, host, inside, EndpointBindingMode.SingleAddress, targetPort, network));
    }

    /// <summary>DCP replaces it by the port that it chose for the process.</summary>
    private static string TargetPortOf(string service) => $$$"""{{- portForServing "{{{service}}}" -}}""";

    private static string Address(string targetHost) =>
        IPAddress.TryParse(targetHost, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? targetHost : KnownHosts.Localhost;

    private static EndpointBindingMode BindingMode(string targetHost) =>
        IPAddress.TryParse(targetHost, out var address)
            ? address.Equals(IPAddress.Any) ? EndpointBindingMode.IPv4AnyAddresses
                : address.Equals(IPAddress.IPv6Any) ? EndpointBindingMode.IPv6AnyAddresses
                : EndpointBindingMode.SingleAddress
            : targetHost.Equals(KnownHosts.Localhost, StringComparison.OrdinalIgnoreCase) || targetHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? EndpointBindingMode.SingleAddress
            : EndpointBindingMode.DualStackAnyAddresses;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
