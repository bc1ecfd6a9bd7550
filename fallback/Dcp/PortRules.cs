using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Finds before the start what would fail long after it, or would look healthy while another process answers.</summary>
internal static class PortRules
{
    public static void ThrowOnProblems(IReadOnlyList<(IResource Resource, EndpointAnnotation Endpoint)> endpoints)
    {
        string[] problems =
        [
            .. endpoints.Select(pair => Contradiction(pair.Resource, pair.Endpoint)).OfType<string>(),
            .. Fixed(endpoints).Where(group => group.Count() > 1)
                .Select(group => $"Port {group.Key} is wanted by {string.Join(" and ", group.Select(Describe))}. Give each its own port."),
            .. Fixed(endpoints).Where(group => IsInUse(group.Key))
                .Select(group => $"Port {group.Key} of {Describe(group.First())} is in use by another process. End that process (perhaps another run of this application), or choose another port."),
        ];
        if (problems.Length > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, problems));
        }
    }

    private static IEnumerable<IGrouping<int, (IResource Resource, EndpointAnnotation Endpoint)>> Fixed(IEnumerable<(IResource Resource, EndpointAnnotation Endpoint)> endpoints) =>
        endpoints.Where(pair => pair.Endpoint is { Port: > 0, Protocol: not ProtocolType.Udp }).GroupBy(pair => pair.Endpoint.Port!.Value);

    private static string? Contradiction(IResource resource, EndpointAnnotation endpoint)
    {
        var name = Describe((resource, endpoint));
        return (resource.IsContainer(), endpoint) switch
        {
            (true, { TargetPort: null }) => $"The {name} needs a target port: a container's port cannot be chosen for it.",
            (true, _) => null,
            (false, { IsProxied: false }) when endpoint.Port != endpoint.TargetPort =>
                $"The {name} has no proxy, so its port {endpoint.Port} and its target port {endpoint.TargetPort} must be the same.",
            (false, { IsProxied: true, Port: { } port }) when port == endpoint.TargetPort =>
                $"The {name} has a proxy, which cannot listen on the target port {port} too: leave one of them out, or set isProxied to false.",
            (false, _) when resource.GetReplicaCount() > 1 && (!endpoint.IsProxied || endpoint.TargetPort is not null) =>
                $"The {name} is that of {resource.GetReplicaCount()} replicas, which cannot all listen on the same port: use a proxy and leave the target port out.",
            _ => null,
        };
    }

    private static string Describe((IResource Resource, EndpointAnnotation Endpoint) pair) => $"endpoint '{pair.Endpoint.Name}' of resource '{pair.Resource.Name}'";

    private static bool IsInUse(int port) => IsInUse(IPAddress.Loopback, port) || (Socket.OSSupportsIPv6 && IsInUse(IPAddress.IPv6Loopback, port));

    private static bool IsInUse(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return false;
        }
        catch (SocketException failure)
        {
            // A machine without IPv6 loopback refuses the address, not the port.
            return failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }
}
