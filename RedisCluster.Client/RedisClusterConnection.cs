#pragma warning disable SER007 // RetryPolicy and CircuitBreaker: see RepeatSafeCommands and CommandFaults
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisCluster.Client.Telemetry;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>One connection to the cluster. Connecting begins when it is first asked for and never delays anyone else; the driver keeps trying for as long as it lives.</summary>
internal sealed class RedisClusterConnection : IAsyncDisposable
{
    private readonly Lazy<Task<ConnectionMultiplexer>> _connecting;

    internal RedisClusterConnection(string name, RedisClusterClientSettings settings, CommandTelemetry telemetry, ILogger<RedisClusterConnection> logger, Action<ConfigurationOptions>? configureOptions)
    {
        var options = CreateOptions(settings, configureOptions);
        Nodes = [.. options.EndPoints];
        _connecting = new(() => Task.Run(async () =>
        {
            // Every command of a connection must be seen by its telemetry, so it is attached before anyone gets the connection.
            telemetry.Prepare(options, settings);
            var connection = await ConnectionMultiplexer.ConnectAsync(options);
            telemetry.Attach(name, connection, options, settings);
            (options.RetryPolicy as RepeatSafeCommands)?.Watch(() => connection.IsConnected, new HungPrimaries(new RedisClusterTopology(this), connection, TimeProvider.System).TimedOut);
            new ConnectionLog(name, logger).Follow(connection);
            return connection;
        }));
    }

    /// <summary>The seeds.</summary>
    internal IReadOnlyList<EndPoint> Nodes { get; }

    /// <summary>The connection as soon as its first attempt is over, whether a node answered or not.</summary>
    internal Task<ConnectionMultiplexer> Connecting => _connecting.Value;

    /// <summary>The connection; waits for the end of the first attempt (2 s at most per node when none answers).</summary>
    internal IConnectionMultiplexer Multiplexer => Connecting.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connecting.IsValueCreated)
        {
            await (await Connecting).DisposeAsync();
        }
    }

    internal static ConfigurationOptions CreateOptions(RedisClusterClientSettings settings, Action<ConfigurationOptions>? configure)
    {
        var options = ConfigurationOptions.Parse(settings.ConnectionString!);
        options.Defaults = new FailoverDefaults(settings);
        options.RetryPolicy = new RepeatSafeCommands(settings.RetryFor, TimeProvider.System);
        configure?.Invoke(options);
        return options.AllowAdmin
            ? throw new OptionsValidationException(nameof(ConfigurationOptions), typeof(ConfigurationOptions), ["AllowAdmin was set in code: an application never needs commands such as FLUSHALL or CONFIG SET; remove it."])
            : options;
    }
}
