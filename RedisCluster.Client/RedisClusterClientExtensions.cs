using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RedisCluster.Client;
using RedisCluster.Client.Telemetry;
using RedisCluster.Client.Topology;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects an application to a Redis Cluster.</summary>
public static class RedisClusterClientExtensions
{
    private const string SectionName = "Aspire:RedisCluster:Client";

    /// <summary>
    /// Registers a connection to the cluster: <see cref="IConnectionMultiplexer"/>, <see cref="IDatabase"/> (each command once), <see cref="IDatabaseAsync"/>
    /// (repeats what is safe to repeat until a failover is over) and <see cref="RedisClusterTopology"/>; with health check, traces and metrics.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">Name of the connection string, and of the named configuration section.</param>
    /// <param name="configureSettings">Changes the settings after the configuration was read.</param>
    /// <param name="configureOptions">Changes the driver's options before it connects.</param>
    /// <returns>For what builds on the connection.</returns>
    /// <exception cref="InvalidOperationException">There is such a client already.</exception>
    /// <exception cref="OptionsValidationException">At start, with every problem of the settings.</exception>
    public static RedisClusterClientBuilder AddRedisClusterClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RedisClusterClientSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        Add(builder, connectionName, serviceKey: null, configureSettings, configureOptions);

    /// <summary>As <see cref="AddRedisClusterClient"/>, with every service keyed by <paramref name="name"/>: for more than one cluster.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The service key, and name of the connection string and of the named configuration section.</param>
    /// <param name="configureSettings">Changes the settings after the configuration was read.</param>
    /// <param name="configureOptions">Changes the driver's options before it connects.</param>
    /// <returns>For what builds on the connection.</returns>
    /// <exception cref="InvalidOperationException">There is such a client already.</exception>
    /// <exception cref="OptionsValidationException">At start, with every problem of the settings.</exception>
    public static RedisClusterClientBuilder AddKeyedRedisClusterClient(
        this IHostApplicationBuilder builder,
        string name,
        Action<RedisClusterClientSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null) =>
        Add(builder, name, serviceKey: name, configureSettings, configureOptions);

    private static RedisClusterClientBuilder Add(
        IHostApplicationBuilder builder,
        string connectionName,
        string? serviceKey,
        Action<RedisClusterClientSettings>? configureSettings,
        Action<ConfigurationOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        var services = builder.Services;
        var optionsName = serviceKey ?? Options.Options.DefaultName;
        if (services.Any(service => service.ServiceType == typeof(RedisClusterConnection) && Equals(service.ServiceKey, optionsName)))
        {
            throw new InvalidOperationException(serviceKey is null
                ? $"Cannot add a client for {connectionName}: there is one without a key already. Use AddKeyedRedisClusterClient for the others."
                : $"Cannot add a client for {connectionName}: there is one with this key already. Remove one of the two calls.");
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisClusterClientSettings>, RedisClusterClientSettingsRanges>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisClusterClientSettings>, RedisClusterClientSettingsValidator>());
        services.AddOptions<RedisClusterClientSettings>(optionsName).Configure(settings.CopyTo).ValidateOnStart();

        // An empty key stands for the unkeyed connection: every inner service is keyed, so there is one way through the code.
        services.AddKeyedSingleton(optionsName, (provider, _) => new RedisClusterConnection(
            connectionName,
            provider.GetRequiredService<IOptionsMonitor<RedisClusterClientSettings>>().Get(optionsName),
            provider.GetRequiredService<CommandTelemetry>(),
            provider.GetRequiredService<ILogger<RedisClusterConnection>>(),
            configureOptions));
        if (!settings.DisableAutoActivation)
        {
            services.AddSingleton<IHostedService>(provider => new ConnectingAtStart(Connection(provider, optionsName)));
        }

        AddService(services, serviceKey, provider => Connection(provider, optionsName).Multiplexer);
        // The container ends each service that can be ended, the connection itself too: as one of the last, since it is made with the first service that uses it.
        AddService(services, serviceKey, provider => provider.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey).GetDatabase());
        AddService(services, serviceKey, provider => RepeatSafeCommands.Retrying(provider.GetRequiredKeyedService<IConnectionMultiplexer>(serviceKey)));
        AddService(services, serviceKey, provider => new RedisClusterTopology(Connection(provider, optionsName)));
        AddTelemetry(services);

        if (!settings.DisableHealthChecks)
        {
            var checkName = serviceKey is null ? "redis-cluster" : $"redis-cluster_{serviceKey}";
            services.AddHealthChecks().Add(new HealthCheckRegistration(
                checkName,
                provider => new RedisClusterHealthCheck(
                    serviceKey is null ? provider.GetRequiredService<RedisClusterTopology>() : provider.GetRequiredKeyedService<RedisClusterTopology>(serviceKey),
                    settings.ReplicaLagLimit),
                failureStatus: null,
                tags: null));
        }

        return new RedisClusterClientBuilder(builder, settings, serviceKey);
    }

    private static RedisClusterClientSettings ReadSettings(IConfiguration configuration, string connectionName)
    {
        var section = configuration.GetSection(SectionName);
        var settings = new RedisClusterClientSettings { ConnectionName = connectionName };
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? configuration.GetConnectionString(settings.PortableName) ?? settings.ConnectionString;
        settings.AddressMap = configuration[$"{settings.PortableName.ToUpperInvariant()}_ADDRESSMAP"] ?? settings.AddressMap;
        return settings;
    }

    private static RedisClusterConnection Connection(IServiceProvider provider, string optionsName) =>
        provider.GetRequiredKeyedService<RedisClusterConnection>(optionsName);

    private static void AddService<TService>(IServiceCollection services, string? serviceKey, Func<IServiceProvider, TService> create)
        where TService : class
    {
        if (serviceKey is null)
        {
            services.AddSingleton(create);
        }
        else
        {
            services.AddKeyedSingleton(serviceKey, (provider, _) => create(provider));
        }
    }

    private static void AddTelemetry(IServiceCollection services)
    {
        var isFirst = !services.Any(service => service.ServiceType == typeof(CommandTelemetry));
        services.TryAddSingleton<CommandTelemetry>();
        if (!isFirst)
        {
            return;
        }

        // Takes part in a provider that the application makes, and makes none by itself. A connection with its switch off hands out nothing to listen to.
        services.ConfigureOpenTelemetryTracerProvider((provider, tracing) => tracing
            .AddSource(CommandTelemetry.Name)
            .AddProcessor(new CommandsOfEndedActivities(provider.GetRequiredService<CommandTelemetry>())));
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(CommandTelemetry.Name));
    }
}
