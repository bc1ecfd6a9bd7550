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
    /// <param name="Broken">What of the readiness predicate did not hold at last.</param>
    /// <param name="Waits">What the last plan waited for.</param>
    /// <param name="LastFailure">Why the last pass that failed did.</param>
    /// <param name="Refusal">What the planner would not go on from, when it had not been so for long enough.</param>
    public sealed record NotReady(ImmutableArray<BrokenInvariant> Broken, ImmutableArray<string> Waits, string? LastFailure, Refusal? Refusal) : Outcome
    {
        private const int Shown = 8;

        /// <summary>Why the run gave up, and what to do.</summary>
        public string Reason => string.Join("; ",
        [
            .. Broken.Take(Shown),
            .. Broken.Length > Shown ? [$"and {Broken.Length - Shown} more"] : Array.Empty<string>(),
            .. Waits.Select(wait => $"waited for {wait}"),
            .. LastFailure is null ? [] : (string[])[$"last failure: {LastFailure}"],
            .. Refusal is null ? [] : (string[])[$"{Refusal}"],
        ]) + ". Look at the logs of the nodes named here, then run again: it continues from this state.";

        public override string ToString() => Reason;
    }
}

/// <summary>Observe, plan, execute, observe again, until nothing is left to do and every node agrees.</summary>
internal sealed class Reconciler(Observer observer, Executor executor, MoveProgress progress, TimeSpan deadline, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(3);

    // A node that hangs takes commands and never answers. Moves end when nothing arrives any more: what they move may take long.
    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(30);

    private int _actions;

    // The same failure again and again, and nothing moved in between: a target that is full, a command that is not permitted.
    private (string? Reason, int Times, long Arrived) _failed;

    /// <summary>Called after each action; a test ends a run here as a crash would.</summary>
    internal Func<ClusterAction, Task>? AfterAction { get; init; }

    /// <summary>How long a node may take for one answer, so that a node that hangs is noticed and named before a run is over.</summary>
    public static TimeSpan AnswerTimeout(TimeSpan deadline) => Shorter(TimeSpan.FromSeconds(10), deadline / 3);

    /// <summary>A reconciler of real nodes.</summary>
    /// <param name="connections">How to reach them.</param>
    /// <param name="deadline">How long a run tries; each slot or key that arrives at its new owner gives as much again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to say what happens.</param>
    /// <param name="afterAction">Called after each action.</param>
    public static Reconciler Of(NodeConnections connections, TimeSpan deadline, TimeProvider time, ILogger logger, Func<ClusterAction, Task>? afterAction = null)
    {
        var progress = new MoveProgress(time, logger);
        var executor = Executor.Of(connections, progress, Shorter(TimeSpan.FromSeconds(60), deadline / 3), time, logger);
        return new Reconciler(new Observer(connections), executor, progress, deadline, time, logger) { AfterAction = afterAction };
    }

    /// <summary>Runs until the cluster is as wanted, or until it cannot be.</summary>
    /// <param name="wanted">What it should become.</param>
    /// <param name="startTimeout">How long to wait at first for nodes that don't answer yet.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<Outcome> RunAsync(WantedCluster wanted, TimeSpan startTimeout, CancellationToken cancellationToken)
    {
        var observation = await FirstLookAsync(wanted, startTimeout, cancellationToken);
        logger.Found(observation.ToString());
        foreach (var node in observation.Nodes.Where(node => node.Server.IsUntried))
        {
            logger.UntriedServer(node.Announced.ToString(), node.Server.ToString());
        }

        using var limit = new CancellationTokenSource(deadline, time);
        progress.OnArrival = () => limit.CancelAfter(deadline);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        ImmutableArray<string> waits = [];
        Activity? waiting = null;
        (string Waits, long At) said = ("", 0);
        (Refusal? Refusal, long Since) refused = default;
        var idleSince = time.GetTimestamp();
        try
        {
            while (true)
            {
                switch (Planner.Plan(observation, wanted))
                {
                    case Refusal refusal when refusal.IsAbout(refused.Refusal):
                        if (time.GetElapsedTime(refused.Since) > refusal.BelievedAfter)
                        {
                            return new Outcome.Refused(refusal, _actions);
                        }

                        refused = (refusal, refused.Since);
                        break;
                    case Refusal refusal:
                        refused = (refusal, time.GetTimestamp());
                        break;
                    case Plan { IsDone: true }:
                        return new Outcome.Ready();
                    case Plan { Steps.IsEmpty: false } plan:
                        waiting?.Dispose();
                        (waits, waiting, refused) = (plan.Waits, null, default);
                        await ExecuteAsync(plan, run.Token);
                        idleSince = time.GetTimestamp();
                        break;
                    case Plan plan:
                        (waits, refused) = (plan.Waits, default);
                        waiting ??= Telemetry.Source.StartActivity("wait for the nodes to agree")?.SetTag("waits", string.Join("; ", plan.Waits));
                        break;
                }

                if (time.GetElapsedTime(Math.Max(idleSince, said.At)) > Impatience && string.Join("; ", waits) is { Length: > 0 } all && all != said.Waits)
                {
                    said = (all, time.GetTimestamp());
                    logger.StillWaiting(all);
                }

                await Task.Delay(Pause(idleSince), time, run.Token);
                observation = await observer.ObserveAsync(wanted.Nodes, TimeSpan.Zero, run.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome.NotReady(Invariants.Check(observation, wanted), waits, _failed.Reason, refused.Refusal);
        }
        finally
        {
            waiting?.Dispose();
        }
    }

    private TimeSpan Pause(long idleSince) =>
        _failed is { Reason: not null, Times: var times } && _failed.Arrived == progress.Arrived ? TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, ShortPause.Ticks << Math.Min(2 * times, 30)))
        : Until.PauseAfter(time.GetElapsedTime(idleSince), ShortPause);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<ClusterObservation> FirstLookAsync(WantedCluster wanted, TimeSpan startTimeout, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity("wait for the nodes to answer");
        return await observer.ObserveAsync(wanted.Nodes, startTimeout, cancellationToken);
    }

    private async Task ExecuteAsync(Plan plan, CancellationToken cancellationToken)
    {
        using var pass = Telemetry.Source.StartActivity("pass")?.SetTag("plan", plan.ToString());
        progress.Expect(plan.Steps.SelectMany(step => step.Actions).OfType<MoveSlots>().Sum(move => move.Slots.Count));
        foreach (var step in plan.Steps)
        {
            logger.Step(step.Purpose, step.Actions.Length);
            using var activity = Telemetry.Source.StartActivity(step.Purpose);
            try
            {
                await Task.WhenAll(step.Actions.Select(action => ExecuteAsync(action, cancellationToken)));
            }
            catch (Exception exception) when (exception is NodeException or FormatException)
            {
                activity.Fail(exception);
                pass.Fail(exception);
                logger.ObservingAgain(exception.Message);
                _failed = (exception.Message, exception.Message == _failed.Reason && _failed.Arrived == progress.Arrived ? _failed.Times + 1 : 0, progress.Arrived);
                return;
            }
        }
    }

    private async Task ExecuteAsync(ClusterAction action, CancellationToken cancellationToken)
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
            await executor.ExecuteAsync(action, limit.Token);
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
