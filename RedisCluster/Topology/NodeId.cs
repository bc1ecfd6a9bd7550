namespace RedisCluster.Topology;

/// <summary>The name a node gave itself: 40 hexadecimal digits. Written with its first eight, which is enough for a reader.</summary>
internal readonly record struct NodeId(string Value)
{
    public override string ToString() => Value.Length > 8 ? Value[..8] : Value;
}
