using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisCluster.Hosting.Run;

/// <summary>What a node is in the cluster, by its own word.</summary>
/// <param name="Role"><c>primary</c> or <c>replica</c>.</param>
/// <param name="Slots">Of a primary, what it owns.</param>
/// <param name="Replicates">Of a replica, the number of its primary's node; null when that one is not ours.</param>
/// <param name="IsInSync">Of a replica, whether the link to its primary is up.</param>
internal sealed record NodeRole(string Role, string Slots, int? Replicates, bool IsInSync)
{
    public bool IsPrimary => Role == "primary";

    public bool OwnsSlots => IsPrimary && Slots.Length > 0;
}

/// <summary>The cluster as all reachable nodes see it at one time.</summary>
internal sealed class ClusterStatus
{
    private readonly IReadOnlyDictionary<int, NodeView> _views;
    private readonly IReadOnlyList<int> _numbers;
    private readonly Func<int, string> _nameOf;

    /// <param name="numbers">The numbers of all nodes.</param>
    /// <param name="views">What the reachable ones say, by number.</param>
    /// <param name="nameOf">The name of a node, for texts.</param>
    public ClusterStatus(IEnumerable<int> numbers, IReadOnlyDictionary<int, NodeView> views, Func<int, string> nameOf)
    {
        _numbers = [.. numbers];
        _views = views;
        _nameOf = nameOf;
        var numberOf = views.ToDictionary(view => view.Value.Myself.Id, view => view.Key);
        Roles = views.ToDictionary(view => view.Key, view => RoleOf(view.Value, numberOf));
        Unowned = SlotRange.Missing(Primaries.SelectMany(number => views[number].Myself.Slots));
    }

    /// <summary>Role of each reachable node.</summary>
    public IReadOnlyDictionary<int, NodeRole> Roles { get; }

    /// <summary>Slots that no reachable primary serves.</summary>
    public IReadOnlyList<SlotRange> Unowned { get; }

    public IEnumerable<int> Primaries => Roles.Where(role => role.Value.IsPrimary).Select(role => role.Key).Order();

    /// <summary><c>3 shards, 3 replicas up</c>.</summary>
    public string Summary
    {
        get
        {
            var shards = Roles.Values.Count(role => role.OwnsSlots);
            var replicas = Roles.Values.Count(role => role is { IsPrimary: false, IsInSync: true });
            return $"{Count(shards, "shard")}, {Count(replicas, "replica")} up";
        }
    }

    public NodeView? this[int number] => _views.GetValueOrDefault(number);

    /// <summary>The node that serves a slot; null when none does.</summary>
    public int? OwnerOf(int slot) =>
        Primaries.Where(number => _views[number].Myself.Slots.Any(range => range.First <= slot && slot <= range.Last)).Select(number => (int?)number).FirstOrDefault();

    /// <summary>Unhealthy when slots have no owner or owners are disputed, degraded when redundancy is lost.</summary>
    public (HealthStatus Status, string Text) Health()
    {
        var findings = new List<string> { $"{_views.Count}/{_numbers.Count} nodes reachable" };
        var status = _views.Count < _numbers.Count ? HealthStatus.Degraded : HealthStatus.Healthy;
        if (Unowned.Count > 0)
        {
            findings.Add($"slots {string.Join(", ", Unowned)} have no owner");
            status = HealthStatus.Unhealthy;
        }
        else
        {
            findings.Add("all slots have an owner");
        }

        var maps = _views.Values.Select(view => view.SlotMap).Distinct().Count();
        if (maps > 1)
        {
            findings.Add($"the nodes hold {maps} different views of the slot owners");
            status = HealthStatus.Unhealthy;
        }

        foreach (var number in _numbers.Where(Roles.ContainsKey).Where(number => Roles[number] is { IsPrimary: false, IsInSync: false }))
        {
            findings.Add($"{_nameOf(number)} has no link to its primary");
            status = Worse(status, HealthStatus.Degraded);
        }

        foreach (var (number, view) in _views.Where(view => view.Value.Lines.Count < _numbers.Count).OrderBy(view => view.Key))
        {
            findings.Add($"{_nameOf(number)} knows {view.Lines.Count} of {_numbers.Count} nodes");
            status = Worse(status, HealthStatus.Degraded);
        }

        return (status, string.Join("; ", findings));
    }

    private static NodeRole RoleOf(NodeView view, Dictionary<string, int> numberOf)
    {
        var me = view.Myself;
        return me.IsPrimary
            ? new NodeRole("primary", string.Join(' ', me.Slots), null, IsInSync: true)
            : new NodeRole("replica", "", me.PrimaryId is { } id ? Number(view, numberOf, id) : null, view.IsInSync);
    }

    // A primary that does not answer is known by the port in this node's view, which is its number in ours.
    private static int? Number(NodeView view, Dictionary<string, int> numberOf, string id) =>
        numberOf.TryGetValue(id, out var number) ? number
            : view.Lines.FirstOrDefault(line => line.Id == id) is { Port: > 0 } line
                && view.Lines.FirstOrDefault(other => other.IsMyself) is { } me && numberOf.TryGetValue(me.Id, out var mine)
                ? mine + line.Port - me.Port
                : null;

    private static HealthStatus Worse(HealthStatus one, HealthStatus other) => one < other ? one : other;

    private static string Count(int number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");
}
