using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StackExchange.Redis;

namespace RedisCluster.Client.Telemetry;

/// <summary>
/// Spans and metrics of every connection of the application. The driver has none of its own, but a profiling hook: it asks, on the caller's thread, where to put
/// what it measures of a command. The answer is the caller's activity, so parents are right, no call is wrapped, and packages that use the connection are seen too.
/// </summary>
internal sealed class CommandTelemetry : IDisposable
{
    /// <summary>Of the activity source and of the meter.</summary>
    internal const string Name = "RedisCluster.Client";

    // Commands of an activity are recorded when it ends. This is for the others: background work, and activities that last.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(500);

    private static readonly AsyncLocal<bool> InDriver = new();

    private readonly PeerAddresses _peers = new();
    private readonly CommandRecorder _recorder;
    private readonly ITimer _sweeper;
    private ImmutableArray<ConnectionCommands> _connections = [];
    private ImmutableArray<(string Name, ConnectionMultiplexer Connection)> _counted = [];

    /// <summary>Of this application: a process can have more of them, of the same name.</summary>
    internal ActivitySource Source { get; } = new(Name);

    public CommandTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _recorder = new CommandRecorder(Source, meter, _peers);
        meter.CreateObservableUpDownCounter("db.client.connection.count", CountConnections, "{connection}", "The number of connections that are currently in state described by the state attribute");
        _sweeper = TimeProvider.System.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>
    /// Whatever the driver begins from here on, its timer, its readers and their reconnecting, carries this mark: an application's call has none. Of a handler of messages, which
    /// the driver calls, only the command tells whose it is.
    /// </summary>
    internal static void EnterDriver() => InDriver.Value = true;

    internal static bool IsInDriver => InDriver.Value;

    /// <summary>Before connecting: lets the driver report where it connects.</summary>
    internal void Prepare(ConfigurationOptions options, RedisClusterClientSettings settings)
    {
        if (IsOn(settings))
        {
            _peers.Follow(options);
        }
    }

    /// <summary>After connecting, before anyone else has the connection.</summary>
    internal void Attach(string name, ConnectionMultiplexer connection, ConfigurationOptions options, RedisClusterClientSettings settings, FaultObserver observer)
    {
        if (IsOn(settings))
        {
            var faults = new CommandFaults();
            observer.Failed += faults.Add;
            var commands = new ConnectionCommands(_recorder, faults, options.AsyncTimeout, !settings.DisableTracing, !settings.DisableMetrics);
            connection.RegisterProfiler(commands.SessionOfCaller);
            connection.ConnectionRestored += (_, restored) =>
            {
                if (restored is { EndPoint: { } node, ConnectionType: ConnectionType.Interactive })
                {
                    _recorder.Forget(node);
                }
            };
            ImmutableInterlocked.Update(ref _connections, static (all, added) => all.Add(added), commands);
        }

        if (!settings.DisableMetrics)
        {
            ImmutableInterlocked.Update(ref _counted, static (all, added) => all.Add(added), (name, connection));
        }
    }

    /// <summary>Records the commands that were called under this activity.</summary>
    internal void Record(Activity ended)
    {
        if (ended.Source == Source)
        {
            return;
        }

        foreach (var commands in _connections)
        {
            commands.RecordEnded(ended);
        }
    }

    /// <summary>Records everything that is complete.</summary>
    internal void Sweep()
    {
        // The caller of this is not the parent of what is recorded.
        var caller = Activity.Current;
        Activity.Current = null;
        foreach (var commands in _connections)
        {
            commands.Sweep();
        }

        Activity.Current = caller;
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        Sweep();
        Source.Dispose();
    }

    private static bool IsOn(RedisClusterClientSettings settings) => settings is not { DisableTracing: true, DisableMetrics: true };

    // The driver multiplexes: a connection is never handed out, so every open one counts as used.
    private IEnumerable<Measurement<long>> CountConnections() =>
        from counted in _counted
        from server in counted.Connection.GetServers()
        let counters = server.GetCounters()
        let open = server.IsConnected ? 1L + (counters.Subscription.SocketCount > 0 ? 1 : 0) : 0
        select new Measurement<long>(open,
            new("db.client.connection.pool.name", $"{counted.Name}/{server.EndPoint.Address()}"),
            new("db.client.connection.state", "used"));
}
