using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Planning;

/// <summary>
/// Faults composed at random, then one run: it ends ready or refused, a refusal has changed nothing, and no key that some node
/// has is gone after any action. For a long run by hand set SITUATIONS=50000.
/// </summary>
public sealed class AnySituation
{
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("SITUATIONS"), out var cases) ? cases : 500;

    private static readonly (int Shards, int Replicas)[] Shapes = [(3, 1), (3, 0), (3, 2), (4, 1)];

    [Fact]
    public void RunEndsReadyOrRefusedAndLosesNothing()
    {
        for (var number = 0; number < Cases; number++)
        {
            var story = Tell(number);
            try
            {
                Play(story.Shape, story.WantedShape, story.Keys, story.Faults);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Assert.Fail($"Case {number}: {Print(story)}\n{failure.Message}");
            }
        }
    }

    /// <summary>The same number tells the same story, on every machine.</summary>
    internal static (int Shape, int WantedShape, int Keys, Fault[] Faults) Tell(int number)
    {
        var random = new Random(number);
        return (random.Next(Shapes.Length), random.Next(2 * Shapes.Length), random.Next(3),
            [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new Fault(random.Next(Faults.Count), random.Next(12), random.Next(12), random.Next(SlotSet.SlotCount)))]);
    }

    internal static void Play(int shape, int wantedShape, int keys, Fault[] faults)
    {
        var (cluster, wanted) = Arrange(shape, wantedShape, keys);
        foreach (var fault in faults)
        {
            cluster.Happen(fault);
        }

        cluster.Nodes.ForEach(node => node.IsUp = true);
        for (var round = 0; round < 5 && Planner.Plan(cluster.Observe(), wanted) is Refusal; round++)
        {
            cluster.Gossip(); // Until a refusal is believed replicas may copy an empty primary: no plan could prevent that.
        }

        var stored = cluster.StoredKeys();
        try
        {
            cluster.Reconcile(wanted, afterAction: action =>
            {
                var lost = stored.Except(cluster.Nodes.SelectMany(node => node.AllKeys)).ToArray();
                Assert.True(lost.Length == 0, $"'{action}' lost {string.Join(", ", lost)}");
            });
        }
        catch (RefusedException refused)
        {
            Assert.True(refused.ActionsBefore == 0, $"after {refused.ActionsBefore} actions {refused.Message}");
            return;
        }

        Assert.Empty(Invariants.Check(cluster.Observe(), wanted));
        Assert.Equal(stored.Order(), cluster.ServedKeys().Intersect(stored).Order());
    }

    private static (SimulatedCluster Cluster, WantedCluster Wanted) Arrange(int shape, int wantedShape, int keys)
    {
        var (shards, replicas) = Shapes[shape];
        var cluster = Convergence.Formed(shards, replicas, keys * 15);
        var (wantedShards, wantedReplicas) = Shapes[wantedShape < Shapes.Length ? wantedShape : shape];
        while (cluster.Nodes.Count < wantedShards * (1 + wantedReplicas))
        {
            cluster.AddNode();
        }

        return (cluster, cluster.Wanted(wantedShards, wantedReplicas));
    }

    internal static string Print((int Shape, int WantedShape, int Keys, Fault[] Faults) story)
    {
        var (cluster, wanted) = Arrange(story.Shape, story.WantedShape, story.Keys);
        return $"Play({story.Shape}, {story.WantedShape}, {story.Keys}, [{string.Join(", ", story.Faults.Select(fault => $"new({fault.Verb}, {fault.Node}, {fault.Other}, {fault.Slot})"))}])\n"
            + $"{Shapes[story.Shape]}, wanted {wanted.Shards} x {wanted.ReplicasPerShard}, {story.Keys * 30} keys:\n{string.Join('\n', story.Faults.Select(fault => fault.Describe(cluster)))}";
    }
}
