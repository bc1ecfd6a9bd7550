namespace RedisCluster.Client.Topology;

/// <summary>Makes one survey of the answers of several nodes.</summary>
internal static class SurveyReading
{
    /// <summary>The newest of the views, with the figures of everyone who answered.</summary>
    /// <param name="answers">At least one.</param>
    /// <param name="lastSeenBy">Whose view was taken last time; among equally new views it is taken again, so that what is seen never goes back.</param>
    /// <param name="isReachable">Whether an address of a node is reachable from this application; null when the driver does not know it.</param>
    internal static ClusterSurvey Read(IReadOnlyList<NodeAnswer> answers, string? lastSeenBy, Func<string, bool?> isReachable)
    {
        var announced = ClusterShardsReply.AnnouncedAddresses(answers[0].Shards);
        var byAddress = answers.Select(answer => answer with { Address = announced.GetValueOrDefault(answer.Address, answer.Address) }).GroupBy(answer => answer.Address).ToDictionary(node => node.Key, One);
        var newest = byAddress.Values.OrderByDescending(answer => answer.Epoch).ThenByDescending(answer => answer.Address == lastSeenBy).First();
        var shards = ClusterShardsReply.Read(newest.Shards, isReachable).Select(shard => WithLags(shard, byAddress));
        var figures = byAddress.Where(node => node.Value.Info is not null).ToDictionary(node => node.Key, node => Figures(node.Value));
        return new ClusterSurvey(new ClusterView(newest.Address, [.. shards]), figures);
    }

    // The driver can know a node by two addresses, and then each was asked.
    private static NodeAnswer One(IEnumerable<NodeAnswer> answers) => answers.Aggregate((one, other) => one with { OwnCommands = one.OwnCommands + other.OwnCommands });

    private static NodeFigures Figures(NodeAnswer answer) => new(
        answer.Info!.Number("used_memory"),
        answer.Info.Number("maxmemory"),
        answer.Info.Number("db0", "keys"),
        answer.Info.Number("total_commands_processed") - answer.OwnCommands);

    // A primary knows its replicas by their own address, a container's for example; the port is the same as announced and unique.
    private static ShardView WithLags(ShardView shard, Dictionary<string, NodeAnswer> answers)
    {
        if (shard.Primary is null || !answers.TryGetValue(shard.Primary.Address, out var answer) || answer.Info is not { } info)
        {
            return shard;
        }

        var written = info.Number("master_repl_offset");
        var received = info.Replicas().ToDictionary(replica => replica.Port, replica => replica.Offset);
        return shard with
        {
            Primary = shard.Primary with { ReplicationOffset = written },
            Replicas = [.. shard.Replicas.Select(replica => received.TryGetValue(Port(replica), out var offset)
                ? replica with { ReplicationOffset = offset, LagBytes = Math.Max(0, written - offset) }
                : replica)],
        };
    }

    private static int Port(NodeView node) => int.Parse(node.Address.AsSpan(node.Address.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);
}
