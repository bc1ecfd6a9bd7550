using System.Net;
using System.Net.NetworkInformation;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether the ports of the nodes, and of those that wait for the cluster, are free on this machine and among the resources of AppHost.</summary>
internal static class PortCheck
{
    /// <param name="cluster">The cluster.</param>
    /// <param name="resources">All resources of the AppHost.</param>
    /// <param name="engine">The engine of its containers; null when nodes are processes, whose bus ports are on this machine too.</param>
    /// <param name="cancellationToken">Ends the questions about who has a port.</param>
    public static async Task<IEnumerable<string>> ProblemsAsync(
        RedisClusterResource cluster, IEnumerable<IResource> resources, ContainerEngine? engine, CancellationToken cancellationToken)
    {
        var wanted = WantedPorts(cluster, engine is null).ToList();
        var listening = ListeningPorts();
        var running = new HashSet<IRedisClusterNode>();
        foreach (var node in cluster.Nodes.Where(node => listening.Contains(node.Port)))
        {
            if (await EarlierRun.HasAsync(node, engine, cancellationToken))
            {
                running.Add(node);
            }
        }

        List<string> problems = [.. AmongResources(cluster, wanted, resources)];
        foreach (var port in wanted.Concat(OfWaiting(cluster, resources)).Where(port => listening.Contains(port.Port)))
        {
            if (port.Node is null || !running.Contains(port.Node))
            {
                var owner = await PortOwner.FindAsync(port.Port, engine, cancellationToken);
                problems.Add($"{port} is in use by {owner ?? $"another program ({HowToFind(port.Port)} names it)"}. If that belongs to an AppHost that is just ending, wait some seconds; otherwise end it, or change {port.Setting}.");
            }
        }

        return problems;
    }

    /// <summary>Ports that another resource of the same AppHost is given as well.</summary>
    internal static IEnumerable<string> AmongResources(RedisClusterResource cluster, IReadOnlyList<WantedPort> wanted, IEnumerable<IResource> resources) =>
        from resource in resources
           where resource is not IRedisClusterNode node || node.Cluster != cluster
           from taken in TakenBy(resource)
           join port in wanted on taken equals port.Port
           select $"{port} is also the port of {resource.Name}. Change {port.Setting} or the port of {resource.Name}.";

    /// <param name="Port">The port.</param>
    /// <param name="Listener">Who will listen there.</param>
    /// <param name="Setting">What to change for another port.</param>
    /// <param name="Node">The node, when it is one.</param>
    internal sealed record WantedPort(int Port, string Listener, string Setting, IRedisClusterNode? Node = null)
    {
        public override string ToString() => $"Port {Port} ({Listener})";
    }

    private static IEnumerable<WantedPort> WantedPorts(RedisClusterResource cluster, bool busPortsAreLocal)
    {
        var setting = cluster.Options.OriginOf(nameof(RedisClusterOptions.FirstPort));
        return cluster.Nodes.SelectMany(node => busPortsAreLocal
            ? new WantedPort[] { new(node.Port, node.Name, setting, node), new(BusPort.Of(node.Port), $"cluster bus of {node.Name}", setting, node) }
            : [new(node.Port, node.Name, setting, node)]);
    }

    // Projects that wait for the cluster start only when it is formed, and would fail then, each in its own log. A proxied port is the orchestrator's
    // business, which may choose another.
    private static IEnumerable<WantedPort> OfWaiting(RedisClusterResource cluster, IEnumerable<IResource> resources) =>
        from project in resources.OfType<ProjectResource>()
           where project.Annotations.OfType<WaitAnnotation>().Any(wait => wait.Resource == cluster)
           where !project.Annotations.OfType<ExplicitStartupAnnotation>().Any()
           from endpoint in project.Annotations.OfType<EndpointAnnotation>()
           where endpoint is { IsProxied: false, Port: not null }
           select new WantedPort(endpoint.Port!.Value, project.Name, $"the port of {project.Name}");

    // A node of another cluster takes its bus port as well, when it is a process.
    private static IEnumerable<int> TakenBy(IResource resource)
    {
        var ports = resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Port).OfType<int>();
        return resource is RedisClusterNodeProcess node ? ports.Append(BusPort.Of(node.Port)).Distinct() : ports.Distinct();
    }

    private static string HowToFind(int port) =>
        OperatingSystem.IsLinux() ? $"sudo ss -ltnp sport = :{port}"
            : OperatingSystem.IsWindows() ? $"netstat -ano | findstr :{port}"
            : $"lsof -i :{port}";

    // Nodes listen on 127.0.0.1, which a listener on all addresses blocks too.
    private static HashSet<int> ListeningPorts() =>
        [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => IPAddress.IsLoopback(listener.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any))
            .Select(listener => listener.Port)];
}
