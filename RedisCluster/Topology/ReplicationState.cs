namespace RedisCluster.Topology;

/// <summary>The replica's side of its replication, from INFO replication.</summary>
/// <param name="PrimaryAddress">Where it copies from (<c>master_host:master_port</c>); may be an address the primary left.</param>
/// <param name="LinkUp"><c>master_link_status:up</c></param>
/// <param name="Offset"><c>slave_repl_offset</c>: how far it got; of two replicas the one with more has newer data.</param>
internal sealed record ReplicationState(NodeAddress PrimaryAddress, bool LinkUp, long Offset);
