namespace ClusterInitializer.Topology;

internal enum ServerKind
{
    Redis,
    Valkey,
}

/// <summary>What runs as a node, written <c>Redis 7.0.15</c> or <c>Valkey 9.1.2</c> (Valkey tells <c>valkey_version</c> in INFO).</summary>
internal sealed record ServerVersion(ServerKind Kind, Version Version)
{
    /// <summary>Older servers lack announced host names and ADDSLOTSRANGE: 7.0 for Redis, 7.2 for Valkey.</summary>
    public bool IsTooOld => Version < (Kind is ServerKind.Redis ? new Version(7, 0) : new Version(7, 2));

    /// <summary>A major version that this project was never tried with: above 8 for Redis, above 9 for Valkey.</summary>
    public bool IsUntried => Version.Major > (Kind is ServerKind.Redis ? 8 : 9);

    public override string ToString() => $"{Kind} {Version}";
}
