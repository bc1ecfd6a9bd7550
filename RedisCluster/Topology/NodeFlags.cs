namespace RedisCluster.Topology;

/// <summary>The third field of a CLUSTER NODES line, with the protocol's word for each flag.</summary>
[Flags]
internal enum NodeFlags
{
    None = 0,

    /// <summary><c>myself</c></summary>
    Myself = 1,

    /// <summary><c>master</c></summary>
    Primary = 2,

    /// <summary><c>slave</c></summary>
    Replica = 4,

    /// <summary><c>fail?</c>: this node alone believes it failed.</summary>
    MaybeFailed = 8,

    /// <summary><c>fail</c>: a majority of primaries agreed that it failed.</summary>
    Failed = 16,

    /// <summary><c>handshake</c>: met, not yet heard from; its id is a placeholder.</summary>
    Handshake = 32,

    /// <summary><c>noaddr</c>: its last known address answers with another id.</summary>
    NoAddress = 64,

    /// <summary><c>nofailover</c></summary>
    NoFailover = 128,
}
