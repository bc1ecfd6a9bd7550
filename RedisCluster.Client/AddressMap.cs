using System.Diagnostics.CodeAnalysis;
using System.Net;
using RedisCluster.Topology;
using StackExchange.Redis.Configuration;

namespace RedisCluster.Client;

/// <summary>
/// Where nodes are reached whose announced address leads elsewhere from here: <c>localhost:7001</c> in a container is the container itself. Written
/// <c>localhost:7001=redis-node-1:7001,...</c>. The driver goes on calling nodes by their announced addresses, so that a redirect names a node that it knows, and takes the other
/// way only when it opens a connection.
/// </summary>
internal sealed class AddressMap : Tunnel
{
    private readonly Dictionary<string, EndPoint> _reachable = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, EndPoint> _announced = new(StringComparer.OrdinalIgnoreCase);

    private AddressMap()
    {
    }

    /// <summary>Null when every node is reached where it says.</summary>
    /// <param name="text">The setting.</param>
    /// <param name="problems">All of them; with one, the map is of no use.</param>
    internal static AddressMap? Read(string? text, out IReadOnlyList<string> problems)
    {
        var (map, found) = (new AddressMap(), new List<string>());
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', StringSplitOptions.TrimEntries) is not [var announced, var reachable] || !TryRead(announced, out var from) || !TryRead(reachable, out var to))
            {
                found.Add($"AddressMap has '{pair}': expected announced=reachable like localhost:7001=redis-node-1:7001, pairs separated by commas.");
            }
            else if (!map._reachable.TryAdd(from.Address(), to))
            {
                found.Add($"AddressMap has {announced} twice: expected one way to each node.");
            }
            else if (!map._announced.TryAdd(to.Address(), from))
            {
                found.Add($"AddressMap leads to {reachable} twice, for {map._announced[to.Address()].Address()} and for {announced}: expected another address for each node.");
            }
        }

        problems = found;
        return map._reachable.Any(way => !string.Equals(way.Key, way.Value.Address(), StringComparison.OrdinalIgnoreCase)) ? map : null;
    }

    /// <summary>The announced address of a seed that was given as it is reached; with two names for one node, the driver would have two servers.</summary>
    internal EndPoint Announced(EndPoint seed) =>
        _reachable.ContainsKey(seed.Address()) ? seed : _announced.GetValueOrDefault(seed.Address(), seed);

    /// <inheritdoc/>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        ValueTask.FromResult<EndPoint?>(_reachable.GetValueOrDefault(endpoint.Address(), endpoint));

    private static bool TryRead(string text, [NotNullWhen(true)] out EndPoint? address)
    {
        address = NodeAddress.TryParse(text, out var node) && node.Host.Length > 0
            ? IPAddress.TryParse(node.Host, out var ip) ? new IPEndPoint(ip, node.Port) : new DnsEndPoint(node.Host, node.Port)
            : null;
        return address is not null;
    }
}
