using RedisCluster.Planning;
using RedisCluster.Topology;

namespace UnitTests.Planning;

/// <summary>A run ended with a refusal.</summary>
internal sealed class RefusedException(Refusal refusal, int actionsBefore) : Exception($"{refusal}")
{
    public int ActionsBefore { get; } = actionsBefore;
}

/// <summary>Observe, plan, apply, until done: the loop of the initializer on simulated nodes.</summary>
internal static class Convergence
{
    public static WantedCluster Wanted(this SimulatedCluster cluster, int shards = 3, int replicas = 1) =>
        new(shards, replicas, [.. cluster.Nodes.Where(node => node.IsListed).Select(node => node.Announced)], SimulatedCluster.NodeTimeout);

    /// <summary>Applies plans until done; returns all actions. Stops early, as a SIGKILL would, after <paramref name="killedAfter"/> actions.</summary>
    /// <exception cref="RefusedException">The planner would not go on.</exception>
    public static List<ClusterAction> Reconcile(
        this SimulatedCluster cluster, WantedCluster wanted, int killedAfter = int.MaxValue, Action<ClusterAction>? afterAction = null)
    {
        var done = new List<ClusterAction>();
        var refusals = 0;
        for (var pass = 0; pass < 200; pass++)
        {
            switch (Planner.Plan(cluster.Observe(), wanted))
            {
                case Plan { IsDone: true }:
                    return done;
                case Plan plan:
                    foreach (var action in plan.Actions)
                    {
                        if (done.Count == killedAfter)
                        {
                            return done;
                        }

                        if (action is MoveSlots move && done.Count + 1 == killedAfter)
                        {
                            cluster.MoveHalf(cluster.At(move.Source.Announced), cluster.At(move.Target.Announced), move.Slots);
                        }
                        else
                        {
                            cluster.Apply(action);
                        }

                        done.Add(action);
                        afterAction?.Invoke(action);
                    }

                    cluster.Gossip();
                    break;
                case Refusal when ++refusals < 5:
                    cluster.Gossip(); // What only needs a moment, as two owners right after a failover, is not refused.
                    break;
                case Refusal refusal:
                    throw new RefusedException(refusal, done.Count);
            }
        }

        throw new TimeoutException($"Not done after 200 passes. Last plan:\n{Planner.Plan(cluster.Observe(), wanted)}\nlast actions:\n{string.Join('\n', done.TakeLast(30))}");
    }

    public static SimulatedCluster Formed(int shards = 3, int replicas = 1, int keys = 60)
    {
        var cluster = new SimulatedCluster(shards * (1 + replicas));
        cluster.Reconcile(cluster.Wanted(shards, replicas));
        cluster.Store(Enumerable.Range(0, keys).Select(key => key * SlotSet.SlotCount / keys));
        return cluster;
    }

    public static HashSet<string> ServedKeys(this SimulatedCluster cluster) =>
        [.. cluster.Nodes.Where(node => node.PrimaryId is null).SelectMany(node => node.Slots.Intersect(node.KeySlots).SelectMany(slot => node.Keys[slot]))];
}
