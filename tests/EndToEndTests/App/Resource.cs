namespace EndToEndTests.App;

/// <summary>What the dashboard's columns show of a resource.</summary>
internal sealed partial class Resource
{
    public bool IsRunningAndHealthy => State == "Running" && HealthReports.Count > 0 && HealthReports.All(report => report.StatusText == "Healthy");

    public int? ExitCode => Properties.FirstOrDefault(property => property.Name == "resource.exitCode")?.Value is { } value
        ? value.HasNumberValue ? (int)value.NumberValue : int.TryParse(value.StringValue, out var code) ? code : null
        : null;
}

internal sealed partial class HealthReport
{
    public string StatusText => !HasStatus ? "not checked yet" : Status switch { 0 => "Healthy", 1 => "Unhealthy", _ => "Degraded" };
}
