namespace Aspire.Hosting.Bundle;

/// <summary>The bundle of an installed Aspire CLI.</summary>
internal static class InstalledBundle
{
    /// <summary>Older dashboards and orchestrators speak other contracts.</summary>
    private static readonly Version Oldest = new(13, 5);

    /// <summary>The Aspire CLI's own folder: <c>ASPIRE_HOME</c>, or <c>~/.aspire</c>.</summary>
    public static string Home => Environment.GetEnvironmentVariable("ASPIRE_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire");

    public static BundleLocation? Find(string aspireHome)
    {
        var marker = Path.Combine(aspireHome, ".aspire-bundle-version");
        if (!File.Exists(marker) || ParseVersion(File.ReadAllText(marker)) is not { } version || version < Oldest)
        {
            return null;
        }

        var location = BundleLocation.In(Path.Combine(aspireHome, "bundle"));
        return location.Exists ? location : null;
    }

    /// <summary>Reads <c>13.5.4+9c1b401dd677|151692424|626347593000000000</c> or <c>13.6.0-preview.1.26101.1+ab12|...</c>.</summary>
    public static Version? ParseVersion(string marker)
    {
        var end = marker.AsSpan().IndexOfAny("+-|");
        return Version.TryParse(end < 0 ? marker : marker.AsSpan(0, end), out var version) ? version : null;
    }
}
