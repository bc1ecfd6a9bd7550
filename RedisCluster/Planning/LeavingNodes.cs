namespace RedisCluster.Planning;

/// <summary>Nodes beyond the wanted ones: when they have neither slots nor the only copy of anything, they are reset and forgotten.</summary>
internal static class LeavingNodes
{
    public static Stage Plan(Situation situation)
    {
        var leaving = situation.Leaving
            .Where(node => node.IsReplica || !node.Slots.IsEmpty || node.View.Peers.Any() || situation.Members.Any(member => Situation.Knows(member, node)))
            .ToArray();
        if (leaving.Length == 0)
        {
            return Stage.Nothing;
        }

        // Until the ones that stay are complete and in sync, a leaving replica may be the better copy.
        var unsettled = Invariants.Check(situation.Observation, situation.Wanted)
            .Where(broken => broken.Kind is not InvariantKind.OnlyMembersKnown)
            .ToArray();
        if (unsettled.Length > 0)
        {
            return Stage.WaitFor(unsettled.Select(broken => broken.Wait));
        }

        var forgets =
            from node in situation.Members
            from gone in leaving
            where Situation.Knows(node, gone)
            select new Forget(node.Announced, gone.Id);
        return Stage.Of("nodes that leave are reset", leaving.Select(node => new Reset(node.Announced, ResetKind.Hard)))
            .Then(Stage.Of("and forgotten by those that stay", forgets));
    }
}
