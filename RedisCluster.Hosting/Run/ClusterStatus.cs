using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Topology;

namespace RedisCluster.Hosting.Run;

/// <summary>The cluster as all its nodes together describe it at one time.</summary>
internal sealed class ClusterStatus
{
    public ClusterStatus(IEnumerable<NodeAnswer> answers)
    {
        Answers = [.. answers];
        Roles = Answers.Where(answer => answer.Table is not null).ToDictionary(answer => answer.Node, answer => RoleOf(answer, answer.Table!));
        Served = SlotSet.Of(Roles.Values.SelectMany(role => role.Slots.Ranges));
    }

    public ImmutableArray<NodeAnswer> Answers { get; }

    /// <summary>Role of each reachable node.</summary>
    public IReadOnlyDictionary<IRedisClusterNode, NodeRole> Roles { get; }

    /// <summary>Slots that a reachable primary owns.</summary>
    public SlotSet Served { get; }

    /// <summary><c>3 shards, 3 replicas up</c>.</summary>
    public string Summary =>
        $"{Count(Roles.Values.Count(role => role.OwnsSlots), "shard")}, {Count(Roles.Values.Count(role => role is { IsPrimary: false, IsInSync: true }), "replica")} up";

    /// <summary>The reachable node that owns a slot; null when none does.</summary>
    public IRedisClusterNode? OwnerOf(int slot) => Answers.FirstOrDefault(answer => Roles.GetValueOrDefault(answer.Node)?.Slots.Contains(slot) is true)?.Node;

    /// <summary>
    /// Unhealthy when slots have no reachable owner or owners are disputed, degraded when redundancy is lost. A node of an earlier, larger shape does not
    /// count: it is on its way out.
    /// </summary>
    public (HealthStatus Status, string Text) Health()
    {
        var status = HealthStatus.Healthy;
        var findings = new List<string>();
        var wanted = Answers.Where(answer => !answer.Node.Setup.IsLeaving).ToList();
        var tables = wanted.Where(answer => answer.Table is not null).Select(answer => (answer.Node.Name, Table: answer.Table!)).ToList();

        Find(tables.Count < wanted.Count ? HealthStatus.Degraded : HealthStatus.Healthy, $"{tables.Count}/{wanted.Count} nodes reachable");
        foreach (var answer in wanted.Where(answer => answer.Problem is not null))
        {
            Find(HealthStatus.Degraded, $"{answer.Node.Name} {answer.Problem}");
        }

        var unserved = Served.Complement();
        Find(unserved.IsEmpty ? HealthStatus.Healthy : HealthStatus.Unhealthy, unserved.IsEmpty ? "all slots have an owner" : $"slots {unserved} have no reachable owner");
        foreach (var answer in wanted.Where(answer => answer.IsDown && Roles.GetValueOrDefault(answer.Node) is { OwnsSlots: true }))
        {
            Find(HealthStatus.Unhealthy, $"{answer.Node.Name} refuses all keys: for it the cluster is down");
        }

        foreach (var twins in tables.GroupBy(node => node.Table.Myself.Id).Where(group => group.Count() > 1))
        {
            Find(HealthStatus.Unhealthy, $"{string.Join(" and ", twins.Select(node => node.Name))} have the same id {twins.Key}: a nodes.conf was copied; stop the node with the copy, empty its data folder, start it and run the initializer");
        }

        if (tables.Select(node => SlotMap(node.Table)).Distinct().Count() is > 1 and var maps)
        {
            Find(HealthStatus.Unhealthy, $"the nodes hold {maps} different views of the slot owners");
        }

        foreach (var answer in wanted.Where(answer => Roles.GetValueOrDefault(answer.Node) is { IsPrimary: false, IsInSync: false }))
        {
            Find(HealthStatus.Degraded, $"{answer.Node.Name} has no link to its primary");
        }

        foreach (var (name, table) in tables.Where(node => node.Table.Entries.Length < wanted.Count))
        {
            Find(HealthStatus.Degraded, $"{name} knows {table.Entries.Length} of {wanted.Count} nodes");
        }

        return (status, string.Join("; ", findings));

        void Find(HealthStatus atBest, string finding)
        {
            status = atBest < status ? atBest : status;
            findings.Add(finding);
        }
    }

    // Equal for two nodes that agree.
    private static string SlotMap(NodeTable table) =>
        string.Join('\n', table.Entries.Where(entry => entry.IsPrimary && !entry.Slots.IsEmpty).Select(entry => $"{entry.Id.Value} {entry.Slots}"));

    private NodeRole RoleOf(NodeAnswer answer, NodeTable table) =>
        table.Myself.IsPrimary
            ? new NodeRole(IsPrimary: true, table.Myself.Slots, Primary: null, IsInSync: true, Offset: 0)
            : new NodeRole(
                IsPrimary: false,
                SlotSet.Empty,
                table.Myself.PrimaryId is { } primary ? NodeOf(primary, table) : null,
                answer.Replication is { LinkUp: true },
                answer.Replication?.Offset ?? 0);

    // A primary that does not answer is known by its port in the replica's table, which is the same inside and outside of a container. Nodes on other machines may all have one port.
    private IRedisClusterNode? NodeOf(NodeId id, NodeTable table) =>
        Answers.FirstOrDefault(answer => answer.Table?.Myself.Id == id || (answer.Node is not RedisClusterNodeExternal && answer.Node.Port == table.Find(id)?.Port))?.Node;

    private static string Count(int number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");
}
