using RedisCluster.Execution;
using RedisCluster.Wire;
using Support;
using Xunit;

namespace IntegrationTests.Initializer;

/// <summary>States that no usual day brings: each is healed with every key, or refused with the reason and left as it is.</summary>
public sealed class DamagedNodesTests : ClusterTest
{
    private const int KeyCount = 300;

    [Fact]
    public async Task SlotsWithKeysThatNobodyOwnsGoBackToTheirKeys()
    {
        var (nodes, keys) = await FormAsync();
        await nodes[0].AskAsync("CLUSTER", "DELSLOTSRANGE", "0", "2000");
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task AnEmptiedNodesConfIsALostOne()
    {
        var (nodes, keys) = await FormAsync();
        await nodes[0].DamageNodesConfAsync(_ => "");
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task ANodesConfWithoutTheOtherNodesIsCompleted()
    {
        var (nodes, keys) = await FormAsync();
        await nodes[1].DamageNodesConfAsync(text => Lines(text, line => line.Contains("myself", StringComparison.Ordinal) || line.StartsWith("vars", StringComparison.Ordinal) ? line : null));
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task AReplicaThatMayNotFailOverTakesOverWhenItHasTheOnlyCopy()
    {
        var (nodes, keys) = await FormAsync();
        foreach (var replica in await Reconciliation.ReplicasOfAsync(nodes, nodes[1]))
        {
            await replica.AskAsync("CONFIG", "SET", "cluster-replica-no-failover", "yes");
        }

        await nodes.WipeUncopiedAsync(nodes[1]);
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task WhatAPrimaryWithoutNodesConfAcknowledgedWhereItsReplicaCannotFollowIsNotEmptied()
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(6);
        Assert.IsType<Outcome.Ready>(await Reconciliation.RunAsync(nodes.EndPoints));
        await using (var connection = await nodes.ConnectAsync())
        {
            await StoredKeys.WriteAsync(connection.GetDatabase(), KeyCount);
        }

        await nodes.ChangeAddressesAsync(index => index + 10);
        await nodes[0].LoseNodesConfAsync();
        await Eventually.HoldsAsync("it serves the slots that it has keys in", async _ =>
        {
            try
            {
                return await nodes[0].AskTextAsync("SET", "{key:248}:later", "acknowledged") == "OK"; // Slot 91.
            }
            catch (NodeRefusedException refused) when (refused.Says("CLUSTERDOWN"))
            {
                return false;
            }
        });
        await Reconciliation.IsRefusedAsync(nodes, nodes.EndPoints, "expected no more keys on a node that lost its nodes.conf");
    }

    [Fact]
    public async Task APrimaryAndTheReplicaOfAnotherShardAreBothWiped()
    {
        var (nodes, keys) = await FormAsync();
        var replica = (await Reconciliation.ReplicasOfAsync(nodes, nodes[2]))[0];
        await replica.WipeAsync();
        await nodes.WipeUncopiedAsync(nodes[0]);
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task AReplicaOfAReplicaGetsAPrimary()
    {
        var (nodes, keys) = await FormAsync();
        var (one, other) = ((await Reconciliation.ReplicasOfAsync(nodes, nodes[0]))[0], (await Reconciliation.ReplicasOfAsync(nodes, nodes[1]))[0]);
        var (primary, replica) = (await nodes[0].AskTextAsync("CLUSTER", "MYID"), await other.AskTextAsync("CLUSTER", "MYID"));
        await one.DamageNodesConfAsync(text => Lines(text, line =>
            line.Contains("myself", StringComparison.Ordinal) ? line.Replace($"slave {primary}", $"slave {replica}", StringComparison.Ordinal) : line));
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task AllPrimariesAreWaitedForAndTheRunCompletes()
    {
        var (nodes, keys) = await FormAsync();
        await Task.WhenAll(nodes.All.Take(3).Select(node => node.KillAsync()));
        var run = Reconciliation.RunAsync(nodes.EndPoints);
        await Task.WhenAll(nodes.All.Take(3).Select(node => node.StartAsync()));
        var outcome = await run;
        Assert.True(outcome is RedisCluster.Execution.Outcome.Ready, outcome.ToString());
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task ANodeThatLoadsItsDataIsWaitedFor()
    {
        var (nodes, keys) = await FormAsync();
        await nodes[0].KillAsync();
        await nodes[0].LaunchAsync(nodes[0].Address, ["--key-load-delay", "20000"]); // Microseconds for each of about 100 keys.
        await Reconciliation.HealsAsync(nodes, keys);
        Assert.Contains("role:master", await nodes[0].AskTextAsync("INFO", "replication"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfTwoOwnersOfASlotTheOneWithItsKeysKeepsIt()
    {
        var (nodes, keys) = await FormApartAsync(async nodes => await ClaimAsync(nodes, claimant: 1, owner: 0));
        await Reconciliation.HealsAsync(nodes, keys);
    }

    [Fact]
    public async Task TwoOwnersOfASlotThatBothHaveKeysAreRefused()
    {
        var (nodes, _) = await FormApartAsync(async nodes => await ClaimAsync(nodes, claimant: 1, owner: 0));
        await Eventually.HoldsAsync("the claimant serves", async _ => (await nodes[1].AskTextAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        await nodes[1].AskAsync("SET", "key:248", "another value"); // Slot 91.
        await Reconciliation.IsRefusedAsync(nodes, nodes.EndPoints, "claims it too, and both hold keys in it");
    }

    [Fact]
    public async Task KeysOnANodeOfNoClusterAreRefused()
    {
        var nodes = await StartNodesAsync(6);
        await nodes[3].AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Eventually.HoldsAsync("the node alone serves", async _ => (await nodes[3].AskTextAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
        await nodes[3].AskAsync("SET", "a", "b");
        await Reconciliation.IsRefusedAsync(nodes, nodes.EndPoints, "expected no keys on a node that belongs to no cluster, found 1 keys");
    }

    [Fact]
    public async Task ANodeOfAnotherClusterIsRefused()
    {
        var (nodes, _) = await FormAsync();
        var others = await StartNodesAsync(3);
        await Reconciliation.BecomesReadyAsync(others, replicas: 0);
        await Reconciliation.IsRefusedAsync(nodes, [.. nodes.EndPoints.Take(5), others[0].EndPoint], "expected a cluster of the listed nodes only, found live node");
    }

    [Fact]
    public async Task AServerWithoutClusterModeIsRefused()
    {
        var (nodes, _) = await FormAsync();
        await nodes[5].KillAsync();
        await nodes[5].LaunchAsync(nodes[5].Address, ["--cluster-enabled", "no"]);
        await Reconciliation.IsRefusedAsync(nodes, nodes.EndPoints, "start the node with cluster-enabled yes");
    }

    private async Task<(RedisNodes Nodes, StoredKeys Keys)> FormAsync()
    {
        var nodes = await StartNodesAsync(6);
        return (nodes, await Reconciliation.FormWithKeysAsync(nodes, KeyCount));
    }

    /// <summary>All nodes stop, something is done to their files, and all come back where they do not find one another.</summary>
    private async Task<(RedisNodes Nodes, StoredKeys Keys)> FormApartAsync(Func<RedisNodes, Task> damageAsync)
    {
        var nodes = await StartNodesBehindPublishedPortsAsync(6);
        var keys = await Reconciliation.FormWithKeysAsync(nodes, KeyCount);
        await damageAsync(nodes);
        await nodes.ChangeAddressesAsync(index => index + 10);
        return (nodes, keys);
    }

    // Slots 0-400, in which the owner has keys, are in the claimant's nodes.conf as its own, with the newer epoch.
    private static async Task ClaimAsync(RedisNodes nodes, int claimant, int owner)
    {
        var id = await nodes[owner].AskTextAsync("CLUSTER", "MYID");
        await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
        nodes[claimant].EditNodesConf(text => Lines(text, line =>
            line.StartsWith(id, StringComparison.Ordinal) ? line.Replace(" 0-", " 401-", StringComparison.Ordinal)
            : line.Contains("myself", StringComparison.Ordinal) ? $"{line} 0-400"
            : line));
    }

    private static string Lines(string text, Func<string, string?> change) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(change).OfType<string>()) + "\n";
}
