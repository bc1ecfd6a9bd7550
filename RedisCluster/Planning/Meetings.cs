using RedisCluster.Topology;

namespace RedisCluster.Planning;

/// <summary>
/// Who has to meet whom. All meet all: from one node only, gossip takes a second round for new nodes, and after all
/// addresses changed a replica can dial its primary's old one for half a minute.
/// </summary>
internal static class Meetings
{
    public static Stage Plan(Situation situation)
    {
        var meets =
            from node in situation.Participants
            from peer in situation.Participants
            where node.Id != peer.Id && HasToMeet(node, peer)
            select new Meet(node.Announced, peer.Announced, peer.OwnAddress);
        return Stage.Of("every node meets those it does not know or has lost", meets);
    }

    /// <summary>Replicas that know where their primary is and still dial where it was: told again, they connect at once.</summary>
    public static Stage Redial(Situation situation) =>
        Stage.Of("replicas dial the new address of their primary",
            from replica in situation.Nodes
            where replica is { IsReplica: true, Replication.LinkUp: false }
            let entry = replica.View.Myself.PrimaryId is { } id ? replica.View.Find(id) : null
            where entry is { IsHealthy: true, IsPrimary: true } && replica.Replication?.PrimaryAddress != new NodeAddress(entry.Ip, entry.Port)
            let primary = situation.Observation.Find(entry.Id)
            where primary is not null
            select new Replicate(replica.Announced, primary.Reference));

    private static bool HasToMeet(NodeObservation node, NodeObservation peer) =>
        !node.View.IsShakingHandsWith(peer.OwnAddress)
        && node.View.Find(peer.Id) switch
        {
            null => true,
            { HasNoAddress: true } => true,

            // Reached at another address than it tells us is fine as long as the link is: there may be several networks.
            { IsHealthy: false } entry => !entry.IsAt(peer.OwnAddress),
            _ => false,
        };
}
