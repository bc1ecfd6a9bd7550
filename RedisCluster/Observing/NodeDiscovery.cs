using System.Collections.Immutable;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Observing;

/// <summary>Finds the whole cluster from some of its nodes: everybody whom they know, at an address where this program reaches them.</summary>
internal sealed class NodeDiscovery(NodeConnections connections)
{
    /// <summary>The asked nodes, then those they know and who were not asked, by address. A known node that does not answer is one of them.</summary>
    public async Task<ImmutableArray<NodeAddress>> CompleteAsync(ClusterObservation asked, CancellationToken cancellationToken)
    {
        var own = asked.Nodes.Select(node => node.Id).ToHashSet();
        var known = asked.Nodes
            .SelectMany(node => node.View.Peers)
            .Where(entry => !own.Contains(entry.Id) && !entry.HasNoAddress)
            .DistinctBy(entry => entry.Id);
        var found = await Task.WhenAll(known.Select(entry => AddressAsync(entry, cancellationToken)));
        return
        [
            .. asked.Sightings.Select(sighting => sighting.Announced)
                .Concat(found.OrderBy(address => address.Host, StringComparer.Ordinal).ThenBy(address => address.Port))
                .Distinct(),
        ];
    }

    // A host name is for clients, but may mean something only where the nodes run; then the address of the bus is tried.
    private async Task<NodeAddress> AddressAsync(NodeEntry entry, CancellationToken cancellationToken)
    {
        var address = new NodeAddress(entry.Ip, entry.Port);
        if (entry.HostName.Length == 0)
        {
            return address;
        }

        var named = new NodeAddress(entry.HostName, entry.Port);
        return !await IsAtAsync(entry.Id, named, cancellationToken) && await IsAtAsync(entry.Id, address, cancellationToken) ? address : named;
    }

    private async Task<bool> IsAtAsync(NodeId id, NodeAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return (await connections.SendAsync(address, ["CLUSTER", "MYID"], cancellationToken)).Text == id.Value;
        }
        catch (NodeException)
        {
            return false; // Observed later, with the reason.
        }
    }
}
