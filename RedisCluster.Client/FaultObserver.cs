#pragma warning disable SER007 // The circuit breaker is experimental in the driver: the observer of results is kept to this file.
using StackExchange.Redis.Availability;

namespace RedisCluster.Client;

/// <summary>
/// Hears of every failed command, whoever sent it: the driver shows each result to a circuit breaker. This one never breaks a circuit by itself, and passes everything on to
/// the one that the application configured.
/// </summary>
internal sealed class FaultObserver(CircuitBreaker? inner) : CircuitBreaker
{
    /// <summary>A command failed just now. Raised where the driver handles its result: whoever listens returns at once.</summary>
    internal event Action<FaultContext>? Failed;

    /// <inheritdoc/>
    public override Accumulator CreateAccumulator() => new Observer(this, inner?.CreateAccumulator());

    private sealed class Observer(FaultObserver observer, Accumulator? inner) : Accumulator
    {
        // The driver asks this of every failed result first, of server errors such as WRONGTYPE too.
        protected override bool IsFailure(in FaultContext fault)
        {
            observer.Failed?.Invoke(fault);
            return base.IsFailure(in fault);
        }

        public override void ObserveResult(in FaultContext fault) => inner?.ObserveResult(in fault);

        public override bool IsHealthy() => inner?.IsHealthy() ?? true;

        public override void Reset() => inner?.Reset();
    }
}
