using SampleApi.Map;
using StackExchange.Redis;

namespace SampleApi.Patterns.LiveSettings;

/// <summary>Applies the cluster's settings when they change: at once when the nudge arrives, else within <see cref="Patience"/>.</summary>
internal sealed class SettingsWatch(IServiceProvider services, LiveSettingsProvider provider, ILogger<SettingsWatch> logger) : BackgroundService
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Never a version of the cluster's, so that the first look reads; also what a cluster that lost its data comes back with is another version.
    private long _applied = -1;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin("looking for settings");
        // Asked for here, not in the constructor: the connection's first attempt must not hold up the start.
        var store = services.GetRequiredService<SettingsStore>();
        var changed = services.GetRequiredKeyedService<Nudge>(SettingsStore.ChangedChannel);
        var isAway = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ApplyAsync(store);
                isAway = false;
                await changed.WaitAsync(Patience, stoppingToken);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                if (!isAway)
                {
                    logger.SettingsAway(exception.Message);
                }

                isAway = true;
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ApplyAsync(SettingsStore store)
    {
        if (await store.VersionAsync() == _applied)
        {
            return;
        }

        var (version, settings) = await store.ReadAsync();
        var usable = new Dictionary<string, string>();
        foreach (var (name, value) in settings)
        {
            // Somebody else may have written it: a bad value must not reach options that refuse it at each request.
            if (KnownSettings.Objection(name, value) is { } objection)
            {
                logger.SettingIgnored(name, objection);
            }
            else
            {
                usable[name] = value;
            }
        }

        provider.Apply(usable);
        _applied = version;
        logger.SettingsApply(version);
    }
}
