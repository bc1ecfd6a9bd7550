using System.Collections.Immutable;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using RedisCluster.Execution;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Hosting.Run;

/// <summary>Runs the reconciler in this process, as a resource whose states are those of a program: running, then finished with an exit code.</summary>
internal sealed class InitializerInAppHost(RedisClusterInitializerResource resource)
{
    // As the program's own defaults: a node starts in this time, and a run that brings nothing about in a minute never will.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // One run that was asked for and not begun yet: it sees everything that any further one would.
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for a run, which begins when the one that may be going on has ended.</summary>
    public void Ask() => _asked.Writer.TryWrite(true);

    /// <summary>Runs once, then whenever it is asked, until the AppHost ends.</summary>
    public async Task RunAsync(InitializeResourceEvent started, CancellationToken cancellationToken)
    {
        await using var trace = new InitializerTrace(resource, started);
        Ask();
        await foreach (var _ in _asked.Reader.ReadAllAsync(cancellationToken))
        {
            await RunOnceAsync(started, trace, cancellationToken);
        }
    }

    private async Task RunOnceAsync(InitializeResourceEvent started, InitializerTrace trace, CancellationToken cancellationToken)
    {
        await started.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success), StartTimeStamp = DateTime.UtcNow, StopTimeStamp = null, ExitCode = null,
        });
        var exitCode = 1;
        try
        {
            exitCode = await trace.OfAsync(() => ReconcileAsync(started.Logger, cancellationToken), cancellationToken) is Outcome.Ready ? 0 : 1;
        }
        catch (Exception cause) when (cause is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.InitializerFailed(started.Logger, cause, resource.Name);
        }

        await started.Notifications.PublishUpdateAsync(resource, snapshot => snapshot with
        {
            State = new(KnownResourceStates.Finished, exitCode == 0 ? KnownResourceStateStyles.Success : KnownResourceStateStyles.Error), StopTimeStamp = DateTime.UtcNow, ExitCode = exitCode,
        });
    }

    private async Task<Outcome> ReconcileAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var cluster = resource.Cluster;
        var password = await cluster.PasswordAsync(cancellationToken);
        await using var connections = new NodeConnections(user: null, password, Reconciler.AnswerTimeout(Deadline));

        // Leaving nodes come last, behind as many as the shape needs: those are emptied.
        ImmutableArray<NodeAddress> nodes = [.. cluster.Nodes.Select(node => node.Setup.Announced)];
        var wanted = new WantedCluster(cluster.Shards, cluster.ReplicasPerShard, nodes, cluster.Options.NodeTimeout);
        return await ReconcilerRun.RunAsync(connections, () => Task.FromResult(wanted), StartTimeout, Deadline, logger, cancellationToken);
    }
}
