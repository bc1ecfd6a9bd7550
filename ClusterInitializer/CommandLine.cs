using System.CommandLine;

namespace ClusterInitializer;

/// <summary>What to do with the cluster; without options it is brought to what the settings want.</summary>
internal enum RunMode
{
    Reconcile,
    DryRun,
    Check,
    CheckAsJson,
}

/// <summary>The program's arguments. Everything else, the password above all, comes from the configuration.</summary>
internal static class CommandLine
{
    /// <summary>Signals are the host's business.</summary>
    public static InvocationConfiguration Configuration { get; } = new() { ProcessTerminationTimeout = null };

    public static RootCommand Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what is found, what is wrong with it and what would be done; change nothing." };
        var check = new Option<bool>("--check") { Description = "Exit 0 when the cluster is as wanted on every node, else 1 with what is wrong; change nothing." };
        var json = new Option<bool>("--json") { Description = "With --check: report as JSON." };
        var nodes = new Option<string?>("--nodes") { Description = "Some nodes of a cluster, as host:port,host:port,...: the others are found (default: exactly the nodes of RedisCluster:Nodes)." };
        var shards = new Option<int?>("--shards") { Description = "Wanted shards (default: RedisCluster:Shards; with --nodes: as many as are found)." };
        var replicas = new Option<int?>("--replicas") { Description = "Wanted replicas of each shard (default: RedisCluster:ReplicasPerShard; with --nodes: as many as are found)." };
        var root = new RootCommand("Brings the nodes of a Redis or Valkey cluster to the wanted shape, or refuses with the reason. The password comes from RedisCluster__Password in the environment.")
        {
            dryRun, check, json, nodes, shards, replicas,
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(json) && !result.GetValue(check))
            {
                result.AddError("--json needs --check.");
            }

            if (result.GetValue(dryRun) && result.GetValue(check))
            {
                result.AddError("--dry-run and --check exclude each other.");
            }
        });
        root.SetAction((result, cancellationToken) =>
        {
            var mode = result.GetValue(dryRun) ? RunMode.DryRun
                : !result.GetValue(check) ? RunMode.Reconcile
                : result.GetValue(json) ? RunMode.CheckAsJson
                : RunMode.Check;
            return InitializerRun.ExecuteAsync(mode, settings =>
            {
                if (result.GetValue(nodes) is { } list)
                {
                    settings.Nodes = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    (settings.Shards, settings.ReplicasPerShard) = (null, null);
                }

                settings.Shards = result.GetValue(shards) ?? settings.Shards;
                settings.ReplicasPerShard = result.GetValue(replicas) ?? settings.ReplicasPerShard;
            }, cancellationToken);
        });
        return root;
    }
}
