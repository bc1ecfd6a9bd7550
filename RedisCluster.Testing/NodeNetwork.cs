using System.Collections.Immutable;
using System.Net;
using RedisCluster.Servers;
using RedisCluster.Topology;

namespace RedisCluster.Testing;

/// <summary>
/// The ways between the nodes of one cluster, which can be cut. Each node has an address of its own (127.0.1.1, 127.0.1.2, ...), where it listens and from where it calls,
/// and announces ports that this process guards; where it really listens only this process knows. Clients call from 127.0.0.1 and reach everybody.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    private readonly List<int> _hidden = [];
    private readonly GuardedPort[] _ports;
    private ImmutableHashSet<int> _cutOff = [];

    /// <param name="nodes">Nodes that do not run yet.</param>
    public NodeNetwork(IReadOnlyList<RedisNode> nodes) => _ports = [.. nodes.SelectMany(Guard)];

    /// <summary>Cuts these nodes off from the others, and nobody else.</summary>
    public void CutOff(ImmutableHashSet<int> nodes)
    {
        _cutOff = nodes;
        Array.ForEach(_ports, port => port.EndForbidden());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var port in _ports)
        {
            await port.DisposeAsync();
        }

        FreePorts.Release(_hidden);
    }

    internal static IPAddress AddressOf(int node) => new([127, 0, (byte)(1 + (node / 250)), (byte)(1 + (node % 250))]);

    private IEnumerable<GuardedPort> Guard(RedisNode node, int index)
    {
        var hidden = FreePorts.One();
        _hidden.Add(hidden);
        node.OwnLines =
        [
            $"port {hidden}", $"bind {AddressOf(index)}", $"bind-source-addr {AddressOf(index)}", $"cluster-announce-port {node.Port}", $"cluster-announce-bus-port {BusPort.Of(node.Port)}",
        ];
        foreach (var offset in (int[])[0, BusPort.Offset])
        {
            var target = new IPEndPoint(AddressOf(index), hidden + offset);
            yield return new GuardedPort(node.Port + offset, () => target, (from, _) => MayPass(from, index));
        }
    }

    private bool MayPass(IPAddress from, int to)
    {
        var bytes = from.GetAddressBytes();
        var caller = ((bytes[2] - 1) * 250) + bytes[3] - 1;
        return bytes[2] == 0 || _cutOff.Contains(caller) == _cutOff.Contains(to);
    }
}
