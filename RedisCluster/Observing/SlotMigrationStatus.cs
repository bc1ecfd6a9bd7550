using System.Collections.Immutable;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Observing;

/// <summary>The slot moves that a server makes by itself, as it lists them: running ones, and those that ended lately.</summary>
internal static class SlotMigrationStatus
{
    public static async Task<ImmutableArray<ServerSlotMigration>> ReadAsync(NodeCommand node, ServerKind kind, CancellationToken cancellationToken)
    {
        var reply = await node(kind is ServerKind.Valkey ? ["CLUSTER", "GETSLOTMIGRATIONS"] : ["CLUSTER", "MIGRATION", "STATUS", "ALL"], cancellationToken);
        return [.. reply.Items.Select(item => kind is ServerKind.Valkey ? OfValkey(Fields(item)) : OfRedis(Fields(item)))];
    }

    private static Dictionary<string, string> Fields(Reply item) =>
        item.Items.Chunk(2).ToDictionary(pair => pair[0].Text, pair => pair[1].Text, StringComparer.Ordinal);

    // One that has only begun, or is listed by a replica, may not name both nodes yet.
    // name .. operation EXPORT slot_ranges "0-100 200-210" target_node .. source_node .. state success message ""
    private static ServerSlotMigration OfValkey(Dictionary<string, string> fields) => new(
        fields["name"],
        new NodeId(fields.GetValueOrDefault("source_node", "")),
        new NodeId(fields.GetValueOrDefault("target_node", "")),
        SlotSet.Parse(fields["slot_ranges"].Replace(' ', ',')),
        State(fields["state"]),
        fields.GetValueOrDefault("message", ""));

    // id .. slots "0-100 200-210" source .. dest .. operation import state completed last_error ""
    private static ServerSlotMigration OfRedis(Dictionary<string, string> fields) => new(
        fields["id"],
        new NodeId(fields["source"]),
        new NodeId(fields["dest"]),
        SlotSet.Parse(fields["slots"].Replace(' ', ',')),
        State(fields["state"]),
        fields.GetValueOrDefault("last_error", ""));

    private static MigrationState State(string word) => word switch
    {
        "success" or "completed" => MigrationState.Done,
        "failed" or "canceled" or "cancelled" => MigrationState.Failed,
        _ => MigrationState.Running,
    };
}
