namespace SampleApi.Patterns.LiveSettings;

/// <summary>
/// The settings of the cluster as a source of the application's configuration, the last one, so that they win. Empty until they are read: the application starts
/// with what its files and environment say, also when there is no cluster.
/// </summary>
internal sealed class LiveSettingsProvider : ConfigurationProvider, IConfigurationSource
{
    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Replaces all of them; monitored options have the new values from now on.</summary>
    internal void Apply(IReadOnlyDictionary<string, string> settings)
    {
        Data = settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}
