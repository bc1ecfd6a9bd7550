namespace RedisCluster.Topology;

/// <summary>
/// Slots that a server moves by itself (CLUSTER MIGRATESLOTS of Valkey 9, CLUSTER MIGRATION of Redis 8.4), still running.
/// It goes on when the one who asked for it is gone, so it is waited for.
/// </summary>
internal sealed record ServerSlotMigration(NodeId Source, NodeId Target, SlotSet Slots);
