using System.Collections.Immutable;
using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// Which nodes are to be the primaries. Roles are accepted as they are: primaries with slots stay, in the listed order, as
/// many as wanted; then nodes without a role; only then replicas give theirs up. Trailing nodes leave.
/// </summary>
/// <param name="Primaries">As many as wanted, unless <paramref name="Preparation"/> has to happen first.</param>
/// <param name="Preparation">Hand-overs from primaries that leave to replicas that stay, and replicas that become free.</param>
internal sealed record Shape(ImmutableArray<NodeObservation> Primaries, Stage Preparation)
{
    public static Shape Of(Situation situation)
    {
        var members = situation.Members;
        var staying = situation.Owners.Where(owner => members.Contains(owner));
        var handedOver = situation.Owners.Where(owner => !members.Contains(owner) && situation.ReplicasOf(owner).Any(members.Contains));
        var kept = staying.Concat(handedOver).Take(situation.Wanted.Shards).ToArray();
        var free = members.Where(node => node.Slots.IsEmpty && !node.IsReplica);
        var fresh = free.Skip(YoungPrimaries.BeginAsReplicas(situation) ? situation.Wanted.Shards : 0).Take(situation.Wanted.Shards - kept.Length);
        ImmutableArray<NodeObservation> primaries = [.. kept.Concat(fresh).OrderBy(node => situation.Nodes.IndexOf(node))];

        var preparation = HandOver(situation, primaries.Where(primary => !members.Contains(primary)));
        return new(primaries, preparation.Then(FreeReplicas(situation, kept, situation.Wanted.Shards - primaries.Length)));
    }

    private static Stage HandOver(Situation situation, IEnumerable<NodeObservation> leaving) => leaving.Aggregate(Stage.Nothing, (all, primary) =>
    {
        var replicas = situation.ReplicasOf(primary).Where(situation.Members.Contains).ToArray();
        return all.Then(replicas.FirstOrDefault(replica => replica.Replication is { LinkUp: true }) is { } heir
            ? Stage.Of($"{primary.Announced} leaves and hands over to a replica that stays", new FailOver(heir.Announced, FailOverMode.Graceful))
            : Stage.WaitFor($"{replicas[0].Announced} in sync with {primary.Announced}, which leaves and hands over to it"));
    });

    /// <summary>Too few nodes without a role: the shards with the most replicas give some, the last listed first.</summary>
    private static Stage FreeReplicas(Situation situation, NodeObservation[] kept, int missing)
    {
        var free = new List<NodeObservation>();
        while (free.Count < missing)
        {
            var next = situation.Members
                .Where(node => node.IsReplica && !free.Contains(node))
                .OrderByDescending(node => kept.Any(primary => primary.Id == node.View.Myself.PrimaryId))
                .ThenByDescending(node => situation.Members.Count(other => !free.Contains(other) && other.View.Myself.PrimaryId == node.View.Myself.PrimaryId))
                .ThenByDescending(node => situation.Members.IndexOf(node))
                .FirstOrDefault();
            if (next is null)
            {
                break;
            }

            free.Add(next);
        }

        return Stage.Of("replicas become free to be primaries", free.Select(node => new Reset(node.Announced, ResetKind.Soft)));
    }
}
