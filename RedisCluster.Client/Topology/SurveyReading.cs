using RedisCluster.Topology;

namespace RedisCluster.Client.Topology;

/// <summary>Makes one survey of the answers of several nodes.</summary>
internal static class SurveyReading
{
    /// <summary>The newest of the views, with the figures of everyone who answered.</summary>
    /// <param name="answers">At least one.</param>
    /// <param name="lastSeenBy">Whose view was taken last time; among equally new views it is taken again, so that what is seen never goes back.</param>
    /// <param name="isReachable">Whether an address of a node is reachable from this application; null when the driver does not know it.</param>
    /// <param name="unable">Why the node at an address cannot serve now, in its own words; null when it can.</param>
    internal static ClusterSurvey Read(IReadOnlyList<NodeAnswer> answers, string? lastSeenBy, Func<string, bool?> isReachable, Func<string, string?> unable)
    {
        var announced = ClusterShardsReply.AnnouncedAddresses(answers[0].Shards);
        var own = announced.ToLookup(pair => pair.Value, pair => pair.Key);
        string? WordOf(string address) => own[address].Prepend(address).Select(unable).FirstOrDefault(word => word is not null);
        var byAddress = answers.Select(answer => answer with { Address = announced.GetValueOrDefault(answer.Address, answer.Address) }).GroupBy(answer => answer.Address).ToDictionary(node => node.Key, One);
        var newest = byAddress.Values.OrderByDescending(answer => answer.Epoch).ThenByDescending(answer => answer.Address == lastSeenBy).First();
        var shards = ClusterShardsReply.Read(newest.Shards, isReachable).Select(shard => WithRefusal(WithLags(WithOwnWords(shard, WordOf), byAddress), byAddress));
        var figures = byAddress.Where(node => node.Value.Info is not null).ToDictionary(node => node.Key, node => Figures(node.Value));
        return new ClusterSurvey(new ClusterShards(newest.Address, [.. shards]), figures);
    }

    // The driver can know a node by two addresses, and then each was asked.
    private static NodeAnswer One(IEnumerable<NodeAnswer> answers) => answers.Aggregate((one, other) => one with { OwnCommands = one.OwnCommands + other.OwnCommands });

    private static NodeFigures Figures(NodeAnswer answer) => new(
        answer.Info!.Number("used_memory"),
        answer.Info.Number("maxmemory"),
        answer.Info.Number("db0", "keys"),
        answer.Info.Number("total_commands_processed") - answer.OwnCommands);

    // Gossip calls a node online that refuses every command.
    private static Shard WithOwnWords(Shard shard, Func<string, string?> wordOf)
    {
        ShardNode Own(ShardNode node) => wordOf(node.Address) is { } word ? node with { Health = word } : node;
        return shard with { Primary = shard.Primary is { } primary ? Own(primary) : null, Replicas = [.. shard.Replicas.Select(Own)] };
    }

    private static Shard WithRefusal(Shard shard, Dictionary<string, NodeAnswer> answers) =>
        shard.Primary is { } primary && answers.TryGetValue(primary.Address, out var answer) ? shard with { Primary = primary with { RefusesWrites = answer.RefusesWrites } } : shard;

    // A primary knows its replicas by their own address, a container's for example; the port is the same as announced and unique.
    private static Shard WithLags(Shard shard, Dictionary<string, NodeAnswer> answers)
    {
        if (shard.Primary is null || !answers.TryGetValue(shard.Primary.Address, out var answer))
        {
            return shard;
        }

        // Without INFO the lag is as old as gossip, which is better than none.
        var received = answer.Info?.Replicas().ToDictionary(replica => replica.Port, replica => replica.Offset)
            ?? shard.Replicas.ToDictionary(replica => NodeAddress.Parse(replica.Address).Port, replica => replica.ReplicationOffset);
        var written = answer.Info?.Number("master_repl_offset") ?? shard.Primary.ReplicationOffset;
        return shard with
        {
            Primary = shard.Primary with { ReplicationOffset = written },
            Replicas = [.. shard.Replicas.Select(replica => received.TryGetValue(NodeAddress.Parse(replica.Address).Port, out var offset)
                ? replica with { ReplicationOffset = offset, LagBytes = Math.Max(0, written - offset) }
                : replica)],
        };
    }
}
