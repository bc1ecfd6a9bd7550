using RedisCluster.Topology;

namespace UnitTests.Planning;

/// <summary>What a simulated node believes of another.</summary>
internal sealed class SimulatedPeer
{
    public required BusAddress Address { get; set; }

    public bool NoAddress { get; set; }

    public bool Connected { get; set; }

    /// <summary>Not heard for longer than the node timeout, when it was last connected.</summary>
    public bool WasGivenUp { get; set; }

    public NodeId? PrimaryId { get; set; }

    public long Epoch { get; set; }

    public SlotSet Slots { get; set; } = SlotSet.Empty;

    /// <summary>Its last word was of before it was in sync.</summary>
    public bool IsHidden { get; set; }
}

/// <summary>A node of <see cref="SimulatedCluster"/>: what it would keep in nodes.conf, and its keys by slot.</summary>
internal sealed class SimulatedNode(NodeAddress announced, NodeId id, BusAddress address)
{
    public NodeAddress Announced { get; } = announced;

    public NodeId Id { get; set; } = id;

    public NodeReference Reference => new(Id, Announced);

    public BusAddress Address { get; set; } = address;

    public long Epoch { get; set; }

    public NodeId? PrimaryId { get; set; }

    public bool LinkUp { get; set; }

    public long Offset { get; set; }

    public SlotSet Slots { get; set; } = SlotSet.Empty;

    public Dictionary<int, OpenSlot> Open { get; } = [];

    public Dictionary<int, HashSet<string>> Keys { get; set; } = [];

    public Dictionary<NodeId, SimulatedPeer> Peers { get; } = [];

    public HashSet<BusAddress> Handshakes { get; } = [];

    public TimeSpan NodeTimeout { get; set; } = SimulatedCluster.NodeTimeout;

    public bool StaysPrimary { get; set; }

    /// <summary>It lost the others for longer than its node timeout, hears them again, and waits as long once more before it serves.</summary>
    public bool WasAlone { get; set; }

    /// <summary>It was started a moment ago, and refuses to serve as a primary unless it served as a replica.</summary>
    public bool IsYoung { get; set; }

    /// <summary>Whether the initializer is told of it.</summary>
    public bool IsListed { get; set; } = true;

    /// <summary>Whether it runs: one that does not answers nobody, learns nothing, and comes back as it was.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Its keys are of before a failover that it was not there for.</summary>
    public bool IsOutdated { get; set; }

    public IEnumerable<string> AllKeys => Keys.Values.SelectMany(keys => keys);

    public SlotSet KeySlots => SlotSet.Of(Keys.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key));

    /// <summary>Loses nodes.conf. As a real server does at its start, it claims the slots in which it has keys.</summary>
    public void LoseConfiguration(NodeId newId)
    {
        (Id, Epoch, PrimaryId, LinkUp, Offset) = (newId, 0, null, false, 0);
        Open.Clear();
        Peers.Clear();
        Handshakes.Clear();
        Slots = KeySlots;
    }

    /// <summary>Loses nodes.conf and the data.</summary>
    public void Wipe(NodeId newId)
    {
        Keys = [];
        LoseConfiguration(newId);
    }

    /// <summary>A full copy of another node's keys.</summary>
    public void CopyFrom(SimulatedNode source) =>
        (Keys, IsOutdated) = (source.Keys.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet()), source.IsOutdated);
}
