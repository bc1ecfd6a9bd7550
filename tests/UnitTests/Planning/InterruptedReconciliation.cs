using RedisCluster.Planning;
using Xunit;

namespace UnitTests.Planning;

/// <summary>Killed after any single action, the next run completes, and no key is lost.</summary>
public sealed class InterruptedReconciliation
{
    public static TheoryData<string> Faults => [.. Situations.Keys];

    private static Dictionary<string, Action<SimulatedCluster>> Situations { get; } = new()
    {
        ["addresses permuted"] = cluster => cluster.PermuteAddresses(),
        ["replica wiped"] = cluster => cluster[5].Wipe(cluster.NewId()),
        ["replica lost nodes.conf"] = cluster => cluster[5].LoseConfiguration(cluster.NewId()),
        ["primary lost nodes.conf"] = cluster => cluster[2].LoseConfiguration(cluster.NewId()),
        ["failover earlier"] = cluster => cluster.Apply(new FailOver(cluster[4].Announced, FailOverMode.Graceful)),
        ["failover slept through"] = cluster => SleepThroughFailover(cluster, cluster[1], cluster[4]),
        ["failover slept through, addresses permuted"] = cluster =>
        {
            SleepThroughFailover(cluster, cluster[1], cluster[4]);
            cluster.PermuteAddresses();
        },
        ["second failover slept through, a node wiped"] = cluster =>
        {
            cluster.ReplaceWhileAway(cluster[1], cluster[4]);
            cluster[1].IsUp = true;
            cluster.Gossip();
            cluster.Gossip();
            SleepThroughFailover(cluster, cluster[4], cluster[1]);
            cluster[3].Wipe(cluster.NewId());
        },
        ["nothing"] = _ => { },
    };

    [Fact]
    public void FormingCompletesAfterAnyAction() => KillAtEveryAction(() => new SimulatedCluster(6), 3, 1);

    [Theory]
    [MemberData(nameof(Faults))]
    public void HealingCompletesAfterAnyAction(string fault) => KillAtEveryAction(() => Damaged(fault), 3, 1);

    [Theory]
    [MemberData(nameof(Faults))]
    public void ScalingUpCompletesAfterAnyAction(string fault) => KillAtEveryAction(
        () =>
        {
            var cluster = Damaged(fault);
            while (cluster.Nodes.Count < 10)
            {
                cluster.AddNode();
            }

            return cluster;
        },
        5,
        1);

    [Theory]
    [InlineData(5, 1, 3, 1)]
    [InlineData(3, 2, 3, 1)]
    [InlineData(3, 1, 3, 0)]
    [InlineData(3, 1, 5, 0)]
    [InlineData(4, 2, 3, 0)]
    [InlineData(6, 0, 3, 1)]
    public void ChangingTheShapeCompletesAfterAnyAction(int shards, int replicas, int wantedShards, int wantedReplicas) =>
        KillAtEveryAction(() => Convergence.Formed(shards, replicas), wantedShards, wantedReplicas);

    [Theory]
    [InlineData(5, 1, 3, 1)]
    [InlineData(3, 2, 3, 1)]
    [InlineData(3, 1, 3, 0)]
    public void LeavingPrimariesHandOverFirst(int shards, int replicas, int wantedShards, int wantedReplicas) => KillAtEveryAction(
        () =>
        {
            // Every last replica became the primary of its shard.
            var cluster = Convergence.Formed(shards, replicas);
            foreach (var replica in cluster.Nodes.TakeLast(shards).ToArray())
            {
                cluster.Apply(new FailOver(replica.Announced, FailOverMode.Graceful));
                cluster.Gossip();
            }

            return cluster;
        },
        wantedShards,
        wantedReplicas);

    private static void SleepThroughFailover(SimulatedCluster cluster, SimulatedNode primary, SimulatedNode replica)
    {
        cluster.ReplaceWhileAway(primary, replica);
        primary.IsUp = true;
        cluster.ChangeAddresses();
    }

    private static SimulatedCluster Damaged(string fault)
    {
        var cluster = Convergence.Formed();
        Situations[fault](cluster);
        cluster.Gossip();
        return cluster;
    }

    private static void KillAtEveryAction(Func<SimulatedCluster> make, int shards, int replicas)
    {
        var reference = make();
        var actions = reference.Reconcile(reference.Wanted(shards, replicas)).Count;
        Assert.Empty(Invariants.Check(reference.Observe(), reference.Wanted(shards, replicas)));
        for (var killedAfter = 0; killedAfter <= actions; killedAfter++)
        {
            var cluster = make();
            var keys = cluster.StoredKeys();
            var wanted = cluster.Wanted(shards, replicas);
            var before = cluster.Reconcile(wanted, killedAfter);
            cluster.Gossip();
            try
            {
                cluster.Reconcile(wanted);
            }
            catch (Exception failure) when (failure is RefusedException or InvalidOperationException or TimeoutException)
            {
                Assert.Fail($"Killed after {killedAfter} of {actions} actions, the last: {string.Join("; ", before.TakeLast(3))}\n{failure.Message}");
            }

            Assert.Empty(Invariants.Check(cluster.Observe(), wanted));
            Assert.Equal(keys.Order(), cluster.ServedKeys().Order());
        }
    }
}
