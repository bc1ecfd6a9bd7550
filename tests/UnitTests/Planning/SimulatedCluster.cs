using System.Collections.Immutable;
using System.Globalization;
using RedisCluster.Planning;
using RedisCluster.Topology;

namespace UnitTests.Planning;

/// <summary>
/// As much of Redis Cluster as planning depends on: identities, gossip, slots settled by epoch, replication by address, and
/// the refusals of CLUSTER commands. <see cref="Gossip"/> is all that time does.
/// </summary>
internal sealed class SimulatedCluster
{
    public static readonly TimeSpan NodeTimeout = TimeSpan.FromSeconds(5);
    private readonly HashSet<string> _deleted = [];
    private int _ids;
    private int _moves;

    public SimulatedCluster(int nodes)
    {
        for (var index = 0; index < nodes; index++)
        {
            AddNode();
        }
    }

    public List<SimulatedNode> Nodes { get; } = [];

    public SimulatedNode this[int number] => Nodes[number - 1];

    public void AddNode()
    {
        var port = 7001 + Nodes.Count;
        Nodes.Add(new SimulatedNode(new NodeAddress("localhost", port), NewId(), new BusAddress($"10.0.0.{Nodes.Count + 1}", port, port + 10000)));
    }

    public NodeId NewId() => new(string.Create(CultureInfo.InvariantCulture, $"{++_ids:D2}").PadRight(40, 'a'));

    public IEnumerable<SimulatedNode> Running => Nodes.Where(node => node.IsUp);

    public SimulatedNode? At(BusAddress address) => Running.FirstOrDefault(node => node.Address.Ip == address.Ip && node.Address.Port == address.Port);

    public SimulatedNode At(NodeAddress announced) => Nodes.Single(node => node.Announced == announced);

    public SimulatedNode? Find(NodeId? id) => Nodes.FirstOrDefault(node => node.Id == id);

    /// <summary>Every node restarts with the address of another.</summary>
    public void PermuteAddresses()
    {
        var addresses = Nodes.Select(node => node.Address).ToArray();
        for (var index = 0; index < Nodes.Count; index++)
        {
            var other = addresses[(index + 1) % Nodes.Count];
            Nodes[index].Address = new BusAddress(other.Ip, Nodes[index].Address.Port, Nodes[index].Address.BusPort);
        }
    }

    /// <summary>Every node restarts with an address that nobody had.</summary>
    public void ChangeAddresses() => Nodes.ForEach(ChangeAddress);

    public void ChangeAddress(SimulatedNode node) => node.Address = node.Address with { Ip = $"10.1.{++_moves / 250}.{_moves % 250}" };

    /// <summary>Puts two keys into each of these slots, at its owner, as a client would.</summary>
    public void Store(IEnumerable<int> slots)
    {
        foreach (var slot in slots)
        {
            Nodes.Single(node => node.Slots.Contains(slot)).Keys.TryAdd(slot, [$"key-{slot}-a", $"key-{slot}-b"]);
        }

        Gossip();
    }

    public ClusterObservation Observe() => new(
        [.. Nodes.Where(node => node.IsListed).Select(node => node.IsUp ? (NodeSighting)Observe(node) : new UnreachableNode(node.Announced, "connection refused"))]);

    /// <summary>
    /// The primary is gone, its replica is elected, and the application goes on: keys come and go that the old primary, and replicas that are away too, never hear of.
    /// </summary>
    public void ReplaceWhileAway(SimulatedNode primary, SimulatedNode replica)
    {
        primary.IsUp = false;
        foreach (var node in Nodes.Where(node => !node.IsUp && (node == primary || node.PrimaryId == primary.Id)))
        {
            node.IsOutdated = true;
        }

        this.Apply(new FailOver(replica.Announced, FailOverMode.Force));
        foreach (var slot in replica.KeySlots.Take(2))
        {
            _deleted.UnionWith(replica.Keys[slot]);
            replica.Keys.Remove(slot);
        }

        foreach (var slot in replica.Slots.Take(1).Concat(replica.KeySlots.TakeLast(1)))
        {
            replica.Keys[slot] = [.. replica.Keys.GetValueOrDefault(slot, []), $"key-{slot}-after-{replica.Epoch}"];
        }

        Gossip();
    }

    public void ForgetEverywhere(SimulatedNode node) => Nodes.ForEach(other => other.Peers.Remove(node.Id));

    /// <summary>What an application may expect to find: not what it deleted, nor what only nodes have that slept through a failover.</summary>
    public HashSet<string> StoredKeys() => [.. Nodes.Where(node => !node.IsOutdated).SelectMany(node => node.AllKeys).Except(_deleted)];

    /// <summary>One round: handshakes complete, views converge, replicas copy.</summary>
    public void Gossip()
    {
        foreach (var node in Running)
        {
            foreach (var peer in node.Handshakes.Select(At).OfType<SimulatedNode>().Where(peer => peer != node))
            {
                Learn(node, peer);
                Learn(peer, node);
            }

            node.Handshakes.Clear();
        }

        foreach (var node in Running)
        {
            Connect(node);
        }

        foreach (var (node, peer) in Linked().ToArray())
        {
            // Whoever is pinged learns where the other is now.
            var entry = peer.Peers[node.Id];
            (entry.Address, entry.NoAddress, entry.Connected) = (node.Address, false, true);
        }

        foreach (var (node, peer) in Linked().ToArray())
        {
            foreach (var (id, entry) in peer.Peers.Where(pair => pair.Key != node.Id && !node.Peers.ContainsKey(pair.Key) && pair.Value.Connected).ToArray())
            {
                node.Peers[id] = new SimulatedPeer { Address = entry.Address, PrimaryId = entry.PrimaryId, Epoch = entry.Epoch };
            }
        }

        SettleEpochs();
        foreach (var (node, peer) in Linked().OrderByDescending(pair => pair.Peer.Epoch).ToArray())
        {
            Believe(node, peer);
        }

        foreach (var node in Running.Where(node => node.PrimaryId is not null))
        {
            Replicate(node);
        }

        foreach (var node in Nodes)
        {
            // A round is shorter than the usual node timeout.
            node.WasAlone &= node.NodeTimeout >= NodeTimeout;
        }
    }

    private static void Learn(SimulatedNode node, SimulatedNode peer)
    {
        var entry = node.Peers.TryGetValue(peer.Id, out var known) ? known : node.Peers[peer.Id] = new SimulatedPeer { Address = peer.Address };
        (entry.Address, entry.NoAddress, entry.Connected, entry.PrimaryId, entry.IsHidden) = (peer.Address, false, true, peer.PrimaryId, false);
    }

    private void Connect(SimulatedNode node)
    {
        foreach (var (id, entry) in node.Peers)
        {
            var there = entry.NoAddress ? null : At(entry.Address);
            entry.Connected = there?.Id == id;
            entry.NoAddress |= there is not null && there.Id != id;
        }
    }

    private IEnumerable<(SimulatedNode Node, SimulatedNode Peer)> Linked() =>
        from node in Running
        from pair in node.Peers
        where pair.Value.Connected
        let peer = Find(pair.Key)
        where peer is not null && peer.Peers.ContainsKey(node.Id)
        select (node, peer);

    private void SettleEpochs()
    {
        foreach (var (node, peer) in Linked().OrderBy(pair => pair.Node.Id.Value, StringComparer.Ordinal).ToArray())
        {
            if (node is { PrimaryId: null } && peer is { PrimaryId: null } && node.Epoch == peer.Epoch && string.CompareOrdinal(node.Id.Value, peer.Id.Value) < 0)
            {
                node.Epoch = Nodes.Max(other => other.Epoch) + 1;
            }
        }
    }

    /// <summary>
    /// A claim is believed where nobody is known to own the slot, and over owners of older epochs. A replica tells the epoch of its primary, and no node
    /// lowers what it once heard.
    /// </summary>
    private void Believe(SimulatedNode node, SimulatedNode peer)
    {
        var entry = node.Peers[peer.Id];
        (entry.PrimaryId, entry.Epoch) = (peer.PrimaryId, Math.Max(entry.Epoch, (Find(peer.PrimaryId ?? peer.Id) ?? peer).Epoch));
        if (peer.PrimaryId is not null)
        {
            entry.Slots = SlotSet.Empty;
            return;
        }

        var resisting = node.Peers.Where(pair => pair.Key != peer.Id && pair.Value.Epoch >= peer.Epoch).Aggregate(SlotSet.Empty, (all, pair) => all.Union(pair.Value.Slots));
        var won = peer.Slots.Except(node.Epoch >= peer.Epoch ? resisting.Union(node.Slots) : resisting);
        foreach (var other in node.Peers.Values.Where(other => other != entry))
        {
            other.Slots = other.Slots.Except(won);
        }

        var lost = node.Slots.Intersect(won);
        entry.Slots = won.Union(entry.Slots.Intersect(peer.Slots));
        if (!lost.IsEmpty)
        {
            Yield(node, lost, peer.Id);
        }

        // A replica whose primary lost its slots follows them.
        if (node.PrimaryId is { } old && node.Peers.TryGetValue(old, out var primary) && primary.Slots.IsEmpty && !won.IsEmpty && old != peer.Id
            && (Find(old) is not { IsUp: true } alive || alive.PrimaryId == peer.Id))
        {
            node.PrimaryId = peer.Id;
        }
    }

    /// <summary>A primary without its last slot becomes a replica of the new owner unless it is told not to; with others left, it deletes the keys of the lost ones.</summary>
    public static void Yield(SimulatedNode node, SlotSet lost, NodeId owner)
    {
        node.Slots = node.Slots.Except(lost);
        foreach (var slot in lost)
        {
            node.Keys.Remove(slot);
            node.Open.Remove(slot);
        }

        if (node.Slots.IsEmpty && node.Keys.Count == 0 && !node.StaysPrimary)
        {
            node.PrimaryId = owner;
            node.LinkUp = false;
        }
    }

    /// <summary>Replication follows an address, whoever answers there.</summary>
    private void Replicate(SimulatedNode node)
    {
        if (!node.Peers.TryGetValue(node.PrimaryId!, out var entry) || At(entry.Address) is not { PrimaryId: null } source || source == node)
        {
            node.LinkUp = false;
            return;
        }

        node.CopyFrom(source);
        (node.LinkUp, node.Offset) = (true, Math.Max(node.Offset, source.Offset));
    }

    private NodeObservation Observe(SimulatedNode node)
    {
        var myself = new NodeEntry
        {
            Id = node.Id,
            Ip = node.Peers.Count > 0 ? node.Address.Ip : "",
            Port = node.Address.Port,
            BusPort = node.Address.BusPort,
            HostName = "localhost",
            Flags = NodeFlags.Myself | (node.PrimaryId is null ? NodeFlags.Primary : NodeFlags.Replica),
            PrimaryId = node.PrimaryId,
            ConfigEpoch = node.Epoch,
            Slots = node.Slots,
            OpenSlots = [.. node.Open.Values.OrderBy(open => open.Slot)],
        };
        var view = new NodeTable([myself, .. node.Peers.Select(pair => Entry(pair.Key, pair.Value)), .. node.Handshakes.Select(Handshake)]);
        var dialed = node.PrimaryId is { } id && node.Peers.TryGetValue(id, out var primary) ? primary.Address : node.Address;
        var inDoubt = node.KeySlots;
        return new NodeObservation(node.Announced)
        {
            Server = new ServerVersion(ServerKind.Redis, new Version(7, 0, 15)),
            View = view,
            OwnAddress = node.Address,
            Uptime = node.IsYoung ? TimeSpan.FromSeconds(1) : TimeSpan.MaxValue,
            ClusterStateOk = !node.WasAlone && !(node is { IsYoung: true, PrimaryId: null }) && node.Peers.Values.All(peer => peer.Connected) && view.Entries.Aggregate(SlotSet.Empty, (all, entry) => all.Union(entry.Slots)).Count == SlotSet.SlotCount,
            KeyCount = node.AllKeys.Count(),
            SlotsWithKeys = inDoubt,
            Replication = node.PrimaryId is null ? null : new ReplicationState(new NodeAddress(dialed.Ip, dialed.Port), node.LinkUp, node.Offset),
            NodeTimeout = node.NodeTimeout,
            ListedSlots = Listed(node, view),
        };
    }

    private ImmutableArray<ListedSlots> Listed(SimulatedNode node, NodeTable view) =>
    [
        .. from entry in view.Entries
           from range in entry.Slots.Ranges
           let replicas = view.Entries.Where(replica => replica.PrimaryId == entry.Id && Find(replica.Id) is { Offset: > 0 } && !(node.Peers.TryGetValue(replica.Id, out var peer) && peer.IsHidden)).Select(replica => replica.Id)
           select new ListedSlots(range, [entry.Id, .. replicas]),
    ];

    private static NodeEntry Entry(NodeId id, SimulatedPeer peer) => new()
    {
        Id = id,
        Ip = peer.NoAddress ? "" : peer.Address.Ip,
        Port = peer.NoAddress ? 0 : peer.Address.Port,
        BusPort = peer.NoAddress ? 0 : peer.Address.BusPort,
        HostName = "localhost",
        Flags = (peer.PrimaryId is null ? NodeFlags.Primary : NodeFlags.Replica) | (peer.NoAddress ? NodeFlags.NoAddress : NodeFlags.None)
            | (peer is { WasGivenUp: true, Connected: false } ? NodeFlags.MaybeFailed : NodeFlags.None),
        PrimaryId = peer.PrimaryId,
        ConfigEpoch = peer.Epoch,
        LinkConnected = peer.Connected,
        Slots = peer.Slots,
    };

    private static NodeEntry Handshake(BusAddress address) => new()
    {
        Id = new NodeId($"handshake-{address}"),
        Ip = address.Ip,
        Port = address.Port,
        Flags = NodeFlags.Handshake,
        LinkConnected = false,
        HeardFrom = false,
    };
}
