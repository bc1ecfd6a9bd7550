namespace RedisCluster.Topology;

/// <summary>The second port of every node, on which the nodes talk to each other: its first one plus 10000, unless its configuration says otherwise.</summary>
internal static class BusPort
{
    public const int Offset = 10_000;
    public const int LargestPort = 65_535;

    public static int Of(int port) => port + Offset;
}
