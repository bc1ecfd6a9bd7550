using System.Globalization;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace RedisCluster.Hosting.Model;

/// <summary>
/// Reads the section of a cluster value by value, so that every bad value is named and not only the first that a binder trips over.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration, string clusterName, ICollection<string> problems)
{
    private static readonly string[] Names =
    [
        nameof(RedisClusterOptions.Shards), nameof(RedisClusterOptions.ReplicasPerShard), nameof(RedisClusterOptions.FirstPort),
        nameof(RedisClusterOptions.NodeTimeout), nameof(RedisClusterOptions.Runtime), nameof(RedisClusterOptions.Image),
        nameof(RedisClusterOptions.ServerPath), nameof(RedisClusterOptions.DataVolumes), nameof(RedisClusterOptions.DataVolumeName),
    ];

    private readonly IConfigurationSection _shared = configuration.GetSection(RedisClusterOptions.SectionName);

    /// <summary>Values that cannot be read are left as they are and added to the problems.</summary>
    public void Read(RedisClusterOptions options)
    {
        ReportUnknownNames(_shared);
        ReportUnknownNames(_shared.GetSection(clusterName));

        WholeNumber(options, nameof(options.Shards), value => options.Shards = value);
        WholeNumber(options, nameof(options.ReplicasPerShard), value => options.ReplicasPerShard = value);
        WholeNumber(options, nameof(options.FirstPort), value => options.FirstPort = value);
        Value(options, nameof(options.NodeTimeout), "a duration such as 00:00:05", text =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && Set(() => options.NodeTimeout = value));
        Value(options, nameof(options.Runtime), string.Join(", ", Enum.GetNames<RedisClusterRuntime>()), text =>
            Enum.GetNames<RedisClusterRuntime>().Contains(text, StringComparer.OrdinalIgnoreCase)
            && Set(() => options.Runtime = Enum.Parse<RedisClusterRuntime>(text, ignoreCase: true)));
        Value(options, nameof(options.Image), "an image reference such as redis:8.6", text => Set(() => options.NamedImage = text));
        Value(options, nameof(options.ServerPath), "a path", text => Set(() => options.ServerPath = text));
        Value(options, nameof(options.DataVolumes), "true or false", text =>
            bool.TryParse(text, out var value) && Set(() => options.DataVolumes = value));
        Value(options, nameof(options.DataVolumeName), "a volume name such as redis-data", text => Set(() => options.DataVolumeName = text));
    }

    private void WholeNumber(RedisClusterOptions options, string name, Action<int> set) =>
        Value(options, name, "a whole number", text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Set(() => set(value)));

    // An empty value is an unset one: environment variables cannot be removed by every launcher.
    private void Value(RedisClusterOptions options, string name, string expected, Func<string, bool> read)
    {
        var section = _shared.GetSection(clusterName)[name] is { Length: > 0 } ? _shared.GetSection(clusterName) : _shared;
        if (section[name] is not { Length: > 0 } text)
        {
            return;
        }

        options.Configured(name, $"{section.Path}:{name}");
        if (!read(text.Trim()))
        {
            problems.Add($"{options.OriginOf(name)} is '{text}'; expected {expected}.");
        }
    }

    private static bool Set(Action assign)
    {
        assign();
        return true;
    }

    // A subsection belongs to the cluster of that name; a misspelt setting is a value.
    private void ReportUnknownNames(IConfigurationSection section)
    {
        foreach (var unknown in section.GetChildren().Where(child => child.Value is not null && !Names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            // A setting of the initializer's command, which a shell may still have from a run of it by hand.
            problems.Add(unknown.Key.Equals(SettingNames.Password, StringComparison.OrdinalIgnoreCase)
                ? $"{unknown.Path} is not a setting of an AppHost, whose password is a parameter: set Parameters:{clusterName}-password, and remove {SettingNames.Variable(SettingNames.Password)} from the environment."
                : $"{unknown.Path} is not a setting; the settings are {string.Join(", ", Names)}.");
        }
    }
}
