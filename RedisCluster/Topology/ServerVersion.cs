namespace RedisCluster.Topology;

internal enum ServerKind
{
    Redis,
    Valkey,
}

/// <summary>What runs as a node, written <c>Redis 7.0.15</c> or <c>Valkey 9.1.2</c> (Valkey has <c>valkey_version</c> in INFO).</summary>
internal sealed record ServerVersion(ServerKind Kind, Version Version)
{
    /// <summary>Older servers lack announced host names and ADDSLOTSRANGE: 7.0 for Redis, 7.2 for Valkey.</summary>
    public bool IsTooOld => Version < (Kind is ServerKind.Redis ? new Version(7, 0) : new Version(7, 2));

    /// <summary>A major version that this project was never tried with: above 8 for Redis, above 9 for Valkey.</summary>
    public bool IsUntried => Version.Major > (Kind is ServerKind.Redis ? 8 : 9);

    /// <summary>
    /// Valkey 8 and newer: CLUSTER SETSLOT answers when the replicas have it too, and until then nothing else is done for its connection. Inside a transaction
    /// that ends the server with a failed assertion (8.1.1: multi.c, 'c->flag.blocked == 0').
    /// </summary>
    public bool SetSlotWaitsForReplicas => Kind is ServerKind.Valkey && Version.Major >= 8;

    /// <summary>It moves slots by itself: CLUSTER MIGRATESLOTS of Valkey 9, CLUSTER MIGRATION of Redis 8.4.</summary>
    public bool MovesSlotsItself => Version >= (Kind is ServerKind.Valkey ? new Version(9, 0) : new Version(8, 4));

    public override string ToString() => $"{Kind} {Version}";
}
