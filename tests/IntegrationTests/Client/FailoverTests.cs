using System.Diagnostics;
using StackExchange.Redis;
using Support;
using Xunit;

namespace IntegrationTests.Client;

/// <summary>Calls that are safe to repeat, while a primary goes away in the three ways in which primaries do.</summary>
public sealed class FailoverTests : ClusterTest
{
    private const string Key = "key";
    private const int NodeTimeoutMilliseconds = 1000;

    // A lost node is tried again four times a second, and a repeated call waits 100 to 150 ms: that much later than the promotion callers may notice it.
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromMilliseconds(750);

    private RedisNodes _nodes = null!;
    private ClientHost _host = null!;
    private RedisNode _primary = null!;
    private RedisNode _replica = null!;
    private WriteLoad _load = null!;

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync(NodeTimeoutMilliseconds);
        _host = await ClientHost.StartAsync(FormedCluster.ConnectionString(_nodes), cancellationToken: CancellationToken);
        _primary = await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], Key);
        _replica = FormedCluster.ReplicaOf(_nodes, _primary);
        _load = await WriteLoad.StartAsync(_host.Get<IDatabaseAsync>(), Key);
    }

    [Fact(DisableParallelization = true)]
    public async Task AKilledPrimaryFailsNoCallAndLosesNoAcknowledgedWrite()
    {
        await using var host = _host;
        await using var load = _load;
        var watch = Stopwatch.StartNew();
        await _primary.KillAsync();
        await FormedCluster.BecomesPrimaryAsync(_replica);
        var promoted = watch.Elapsed;

        await load.GoesOnAsync();
        await load.AssertNothingFailedOrWasLostAsync();
        Say(promoted);
        Assert.InRange(load.LongestGap, TimeSpan.Zero, promoted + NoticedWithin);
    }

    [Fact(DisableParallelization = true)]
    public async Task AGracefulFailoverIsHardlyNoticed()
    {
        await using var host = _host;
        await using var load = _load;
        var watch = Stopwatch.StartNew();
        await _replica.AskAsync("CLUSTER", "FAILOVER");
        await FormedCluster.BecomesPrimaryAsync(_replica);
        var promoted = watch.Elapsed;

        await load.GoesOnAsync();
        await load.AssertNothingFailedOrWasLostAsync();
        Say(promoted);
        Assert.InRange(load.LongestGap, TimeSpan.Zero, TimeSpan.FromMilliseconds(400)); // about 50 ms on a quiet machine
    }

    [Fact(DisableParallelization = true)]
    public async Task AHungPrimaryFailsNoCallAndHoldsNoAttemptLongerThanItsTimeout()
    {
        await using var host = _host;
        await using var load = _load;
        var once = host.Get<IDatabase>();
        var watch = Stopwatch.StartNew();
        _primary.Hang();
        var longestAttempt = TimeSpan.Zero;
        while (!await FormedCluster.IsPrimaryAsync(_replica))
        {
            var attempt = Stopwatch.StartNew();
            await Record.ExceptionAsync(() => once.StringGetAsync(Key));
            longestAttempt = attempt.Elapsed > longestAttempt ? attempt.Elapsed : longestAttempt;
        }

        var promoted = watch.Elapsed;
        await load.GoesOnAsync();
        await load.AssertNothingFailedOrWasLostAsync();
        Say(promoted);
        // The driver looks for timeouts on its heartbeat, ten times a second.
        Assert.InRange(longestAttempt, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        // A call that was sent before the new primary was found waits for its own timeout.
        Assert.InRange(load.LongestGap, TimeSpan.Zero, promoted + TimeSpan.FromSeconds(1.25) + NoticedWithin);
        _primary.Resume();
    }

    private void Say(TimeSpan promoted) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"promoted after {promoted.TotalMilliseconds:F0} ms, longest gap of a caller {_load.LongestGap.TotalMilliseconds:F0} ms");
}
