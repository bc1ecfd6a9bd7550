namespace SampleApi.Patterns.LiveSettings;

/// <summary>Applies the cluster's settings when they change: at once when the nudge arrives, else within <see cref="Patience"/>.</summary>
internal sealed class SettingsWatch(IServiceProvider services, LiveSettingsProvider provider, ILogger<SettingsWatch> logger) : ClusterLoop(logger)
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // None is a version of the cluster's, so that the first look reads; also what a cluster that lost its data comes back with is another version.
    private string? _applied;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var store = services.GetRequiredService<SettingsStore>();
        var changed = services.GetRequiredKeyedService<Nudge>(SettingsStore.ChangedChannel);
        while (true)
        {
            await ApplyAsync(store);
            Answered();
            await changed.WaitAsync(Patience, stoppingToken);
        }
    }

    /// <inheritdoc/>
    protected override void TellAway(string reason) => logger.SettingsAway(reason);

    private async Task ApplyAsync(SettingsStore store)
    {
        if (await store.VersionAsync() == _applied)
        {
            return;
        }

        var (version, settings) = await store.ReadAsync(KnownSettings.Names);
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
