using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RedisCluster.Observing;
using RedisCluster.Planning;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Execution;

/// <summary>How a run ended.</summary>
internal abstract record Outcome
{
    /// <summary>The readiness predicate holds on every node.</summary>
    public sealed record Ready : Outcome;

    /// <summary>The planner would not go on from what is there.</summary>
    public sealed record Refused(Refusal Refusal, int ActionsBefore) : Outcome;

    /// <summary>Time ran out.</summary>
    public sealed record NotReady(ImmutableArray<BrokenInvariant> Broken, ImmutableArray<string> Waits, string? LastFailure) : Outcome;
}

/// <summary>Observe, plan, execute, observe again, until nothing is left to do and every node agrees.</summary>
internal sealed class Reconciler(Observer observer, Executor executor, MoveProgress progress, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(3);

    // A node that hangs takes commands and never answers. Moves bound themselves, and what they move may take long.
    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(30);

    private int _actions;

    /// <summary>Called after each action; a test ends a run here as a crash would.</summary>
    internal Func<ClusterAction, Task>? AfterAction { get; init; }

    /// <summary>Runs until the cluster is as wanted, or until it cannot be.</summary>
    /// <param name="wanted">What it should become.</param>
    /// <param name="startTimeout">How long to wait at first for nodes that don't answer yet.</param>
    /// <param name="deadline">How long to go on without progress.</param>
    /// <param name="cancellationToken">Ends the run between two actions.</param>
    public async Task<Outcome> RunAsync(WantedCluster wanted, TimeSpan startTimeout, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var observation = await FirstLookAsync(wanted, startTimeout, cancellationToken);
        logger.Found(Report.Summary(observation));
        foreach (var node in observation.Nodes.Where(node => node.Server.IsUntried))
        {
            logger.UntriedServer(node.Announced.ToString(), node.Server.ToString());
        }

        string? failure = null;
        ImmutableArray<string> waits = [];
        Activity? waiting = null;
        (string Waits, long At) told = ("", 0);
        (Refusal? Refusal, long Since) refused = default;
        var start = time.GetTimestamp();
        for (var idleSince = start; ;)
        {
            switch (Planner.Plan(observation, wanted))
            {
                case Refusal refusal when refusal == refused.Refusal && time.GetElapsedTime(refused.Since) > refusal.BelievedAfter:
                    waiting?.Dispose();
                    return new Outcome.Refused(refusal, _actions);
                case Refusal refusal:
                    refused = refusal == refused.Refusal ? refused : (refusal, time.GetTimestamp());
                    break;
                case Plan { IsDone: true }:
                    waiting?.Dispose();
                    return new Outcome.Ready();
                case Plan { Steps.IsEmpty: false } plan:
                    waiting?.Dispose();
                    (waiting, refused) = (null, default);
                    failure = await ExecuteAsync(plan, observation, cancellationToken);
                    waits = plan.Waits;
                    idleSince = time.GetTimestamp();
                    break;
                case Plan plan:
                    (waits, refused) = (plan.Waits, default);
                    waiting ??= Telemetry.Source.StartActivity("wait for the nodes to agree")?.SetTag("waits", string.Join("; ", plan.Waits));
                    break;
            }

            if (time.GetElapsedTime(Math.Max(start, progress.LastMoved)) > deadline)
            {
                waiting?.Dispose();
                return new Outcome.NotReady(Invariants.Check(observation, wanted), waits, failure);
            }

            if (time.GetElapsedTime(Math.Max(idleSince, told.At)) > Impatience && string.Join("; ", waits) is { Length: > 0 } all && all != told.Waits)
            {
                told = (all, time.GetTimestamp());
                logger.StillWaiting(all);
            }

            await Task.Delay(time.GetElapsedTime(idleSince) < Impatience ? ShortPause : LongPause, time, cancellationToken);
            observation = await observer.ObserveAsync(wanted.Nodes, TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task<ClusterObservation> FirstLookAsync(WantedCluster wanted, TimeSpan startTimeout, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity("wait for the nodes to answer");
        return await observer.ObserveAsync(wanted.Nodes, startTimeout, cancellationToken);
    }

    // Null, or why the pass ended early.
    private async Task<string?> ExecuteAsync(Plan plan, ClusterObservation observation, CancellationToken cancellationToken)
    {
        using var pass = Telemetry.Source.StartActivity("pass")?.SetTag("plan", plan.ToString());
        progress.Expect(plan.Steps.SelectMany(step => step.Actions).OfType<MoveSlots>().Sum(move => move.Slots.Count));
        foreach (var step in plan.Steps)
        {
            logger.Step(step.Purpose, step.Actions.Length);
            using var activity = Telemetry.Source.StartActivity(step.Purpose);
            try
            {
                await Task.WhenAll(step.Actions.Select(action => ExecuteAsync(action, observation, cancellationToken)));
            }
            catch (NodeException exception)
            {
                activity.Fail(exception);
                pass.Fail(exception);
                logger.ObservingAgain(exception.Message);
                return exception.Message;
            }
        }

        return null;
    }

    private async Task ExecuteAsync(ClusterAction action, ClusterObservation observation, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity(action.ToString());
        activity?.SetTag("server.address", action.Node.Host).SetTag("server.port", action.Node.Port);
        logger.Action(action.ToString());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (action is not MoveSlots)
        {
            limit.CancelAfter(ActionTimeout);
        }

        try
        {
            Interlocked.Increment(ref _actions);
            await executor.ExecuteAsync(action, observation, limit.Token);
            Telemetry.Actions.Add(1, new KeyValuePair<string, object?>("action", action.GetType().Name));
        }
        catch (NodeException exception)
        {
            activity.Fail(exception);
            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var exception = new NodeUnreachableException(action.Node, $"'{action}' took longer than {ActionTimeout.TotalSeconds:0} s");
            activity.Fail(exception);
            throw exception;
        }

        if (AfterAction is not null)
        {
            await AfterAction(action);
        }
    }
}
