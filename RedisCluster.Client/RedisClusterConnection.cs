#pragma warning disable SER007 // RetryPolicy and CircuitBreaker: see RepeatSafeCommands and FaultObserver
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisCluster.Client.Telemetry;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>One connection to the cluster. Connecting begins when it is first asked for and never delays anyone else; the driver keeps trying for as long as it lives.</summary>
internal sealed class RedisClusterConnection : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly RedisClusterClientSettings _settings;
    private readonly CommandTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly ConfigurationOptions _options;
    private readonly FaultObserver _faults;
    private readonly ConcurrentDictionary<string, bool> _unknown = new();
    private Task<ConnectionMultiplexer>? _connecting;
    private bool _isDisposed;

    internal RedisClusterConnection(string name, RedisClusterClientSettings settings, CommandTelemetry telemetry, ILogger<RedisClusterConnection> logger, Action<ConfigurationOptions>? configureOptions)
    {
        (_name, _settings, _telemetry, _logger) = (name, settings, telemetry, logger);
        _options = CreateOptions(settings, configureOptions);
        _options.CircuitBreaker = _faults = new FaultObserver(_options.CircuitBreaker);
        Nodes = [.. _options.EndPoints];
        telemetry.Prepare(_options, settings);
    }

    /// <summary>The seeds.</summary>
    internal IReadOnlyList<EndPoint> Nodes { get; }

    /// <summary>The connection as soon as its first attempt is over, whether a node answered or not. When the driver refused to make one, the next to ask makes it try again.</summary>
    internal Task<ConnectionMultiplexer> Connecting
    {
        get
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_connecting is null or { IsFaulted: true })
                {
                    // The connection outlives whoever asks first: its work is no part of that caller's.
                    using (ExecutionContext.SuppressFlow())
                    {
                        _connecting = Task.Run(ConnectAsync);
                    }
                }

                return _connecting;
            }
        }
    }

    /// <summary>The connection; waits for the end of the first attempt (2 s at most per node when none answers).</summary>
    /// <remarks>A container makes services synchronously. Nothing that is waited for here needs the caller's thread or context.</remarks>
    internal IConnectionMultiplexer Multiplexer => Connecting.GetAwaiter().GetResult();

    /// <summary>Says once that the user lacks the right to something that is asked again and again.</summary>
    internal void MayNotAsk(string what)
    {
        if (_unknown.TryAdd(what, true))
        {
            _logger.MayNotAsk(_name, what);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? connecting;
        lock (_lock)
        {
            (connecting, _isDisposed) = (_connecting, true);
        }

        if (connecting is not null)
        {
            // An attempt that failed was reported to those who asked, and left nothing to end.
            await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (connecting.IsCompletedSuccessfully)
            {
                await (await connecting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    internal static ConfigurationOptions CreateOptions(RedisClusterClientSettings settings, Action<ConfigurationOptions>? configure)
    {
        var options = ConfigurationOptions.Parse(settings.ConnectionString!);
        options.Defaults = new FailoverDefaults(settings);
        options.RetryPolicy = new RepeatSafeCommands(settings.RetryFor, settings.RepeatByEffect, TimeProvider.System);
        configure?.Invoke(options);
        List<string> problems = [];
        if (options.AllowAdmin)
        {
            problems.Add("AllowAdmin was set in code: an application never needs commands such as FLUSHALL or CONFIG SET; remove it.");
        }

        if (options.AbortOnConnectFail)
        {
            problems.Add("AbortOnConnectFail was set in code: the application could not start before the cluster; remove it.");
        }

        if (AddressMap.Read(settings.AddressMap, out _) is { } map)
        {
            if (options.Tunnel is not null)
            {
                problems.Add("A tunnel or proxy was set beside the AddressMap: both say how a node is reached; remove one of them.");
            }

            List<EndPoint> seeds = [.. options.EndPoints.Select(map.Announced).Distinct()];
            options.EndPoints.Clear();
            seeds.ForEach(options.EndPoints.Add);
            options.Tunnel = map;
        }

        return problems.Count == 0 ? options : throw new OptionsValidationException(nameof(ConfigurationOptions), typeof(ConfigurationOptions), problems);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        CommandTelemetry.EnterDriver();
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(_options).ConfigureAwait(false);
            // Every command of a connection must be seen by its telemetry, so it is attached before anyone gets the connection.
            _telemetry.Attach(_name, connection, _options, _settings, _faults);
            var topology = new RedisClusterTopology(this);
            var refusals = new Refusals(_name, () => topology.ReadAsync(), TimeProvider.System, _logger);
            _faults.Failed += fault => refusals.Failed(fault.Fault!);
            (_options.RetryPolicy as RepeatSafeCommands)?.Watch(
                () => connection.IsConnected, new HungPrimaries(() => HungPrimaries.LookAsync(topology, connection), TimeProvider.System, _logger).TimedOut);
            new ConnectionLog(_name, _logger).Follow(connection);
            return connection;
        }
        catch (Exception exception)
        {
            _logger.CannotConnect(_name, exception.Message);
            throw;
        }
    }
}

/// <summary>Begins to connect when the host starts, and does not wait for it.</summary>
/// <remarks>Not the connection itself: a container would end that one as the last service that it made, before services that still use it.</remarks>
internal sealed class ConnectingAtStart(RedisClusterConnection connection) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = connection.Connecting;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
