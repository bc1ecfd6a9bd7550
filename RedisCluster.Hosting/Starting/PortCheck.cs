using System.Net;
using System.Net.NetworkInformation;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Settings;

namespace RedisCluster.Hosting.Starting;

/// <summary>Whether the ports of the nodes, and of those that wait for the cluster, are free on this machine and among the resources of AppHost.</summary>
internal static class PortCheck
{
    public static IEnumerable<string> Problems(RedisClusterResource cluster, IEnumerable<IResource> resources, bool busPortsAreLocal)
    {
        var wanted = WantedPorts(cluster, busPortsAreLocal).ToList();
        var listening = ListeningPorts();
        return [.. AmongResources(cluster, wanted, resources), .. OnMachine(wanted, listening), .. OfWaiting(cluster, resources, listening)];
    }

    /// <summary>Ports that another resource of the same AppHost is given as well.</summary>
    internal static IEnumerable<string> AmongResources(RedisClusterResource cluster, IReadOnlyList<WantedPort> wanted, IEnumerable<IResource> resources)
        => from resource in resources
           where resource is not IRedisClusterNode node || node.Cluster != cluster
           from taken in TakenBy(resource)
           join port in wanted on taken equals port.Port
           select $"{port} is also the port of {resource.Name}. Change {RedisClusterSetting} or the port of {resource.Name}.";

    /// <summary>Ports on which somebody listens already.</summary>
    internal static IEnumerable<string> OnMachine(IEnumerable<WantedPort> wanted, IReadOnlySet<int> listening)
    {
        var busy = wanted.Where(port => listening.Contains(port.Port)).ToList();
        var owners = PortOwner.Of([.. busy.Select(port => port.Port)]);
        return busy.Select(port =>
            $"{port} is in use by {owners[port.Port]}. If that is an AppHost that is just ending, wait some seconds; otherwise end it, or change {RedisClusterSetting}.");
    }

    /// <summary>
    /// Ports on which projects that wait for the cluster will listen themselves. They start only when it is formed, and would fail then, each in its own log.
    /// A proxied port is the orchestrator's business, which may choose another.
    /// </summary>
    internal static IEnumerable<string> OfWaiting(RedisClusterResource cluster, IEnumerable<IResource> resources, IReadOnlySet<int> listening)
    {
        var busy = (
            from project in resources.OfType<ProjectResource>()
            where project.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == cluster)
            where !project.Annotations.OfType<ExplicitStartupAnnotation>().Any()
            from endpoint in project.Annotations.OfType<EndpointAnnotation>()
            where endpoint is { IsProxied: false, Port: { } port } && listening.Contains(port)
            select (Port: endpoint.Port!.Value, project.Name)).ToList();
        var owners = PortOwner.Of([.. busy.Select(wanted => wanted.Port)]);
        return busy.Select(wanted => $"Port {wanted.Port} ({wanted.Name}) is in use by {owners[wanted.Port]}. End that program, or give {wanted.Name} another port.");
    }

    internal sealed record WantedPort(int Port, string Node, bool IsBus)
    {
        public override string ToString() => $"Port {Port} ({(IsBus ? "cluster bus of " : "")}{Node})";
    }

    private const string RedisClusterSetting = "RedisCluster:FirstPort";

    private static IEnumerable<WantedPort> WantedPorts(RedisClusterResource cluster, bool busPortsAreLocal)
        => cluster.Nodes.SelectMany(node => busPortsAreLocal
            ? new WantedPort[] { new(node.Port, node.Name, IsBus: false), new(BusPort.Of(node.Port), node.Name, IsBus: true) }
            : [new(node.Port, node.Name, IsBus: false)]);

    // A node of another cluster takes its bus port as well, when it is a process.
    private static IEnumerable<int> TakenBy(IResource resource)
    {
        var ports = resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Port).OfType<int>();
        return resource is RedisClusterNodeProcess node ? ports.Append(BusPort.Of(node.Port)).Distinct() : ports.Distinct();
    }

    // Nodes listen on 127.0.0.1, which a listener on all addresses blocks too.
    private static HashSet<int> ListeningPorts()
        => [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => IPAddress.IsLoopback(listener.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any))
            .Select(listener => listener.Port)];
}
