using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>All that is known about a resource at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    public required string ResourceType { get; init; }

    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    public DateTime? CreationTimeStamp { get; init; }

    public DateTime? StartTimeStamp { get; init; }

    public DateTime? StopTimeStamp { get; init; }

    public ResourceStateSnapshot? State
    {
        get;
        init
        {
            field = value;
            HealthStatus = ComputeHealth(HealthReports, value?.Text);
        }
    }

    public int? ExitCode { get; init; }

    /// <summary>Null unless the state is exactly Running; then the worst report, or healthy without any.</summary>
    public HealthStatus? HealthStatus { get; private set; }

    public ImmutableArray<HealthReportSnapshot> HealthReports
    {
        get;
        internal init
        {
            field = value;
            HealthStatus = ComputeHealth(value, State?.Text);
        }
    } = [];

    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    public bool IsHidden { get; init; }

    public string? IconName { get; init; }

    public IconVariant? IconVariant { get; init; }

    /// <summary>The callbacks of <see cref="ApplicationModel.ResourceReadyEvent"/>, once they run; waits end with it.</summary>
    internal Task? ReadyCallbacks { get; init; }

    // A report without a status has not run yet: not healthy.
    private static HealthStatus? ComputeHealth(ImmutableArray<HealthReportSnapshot> reports, string? state) =>
        state != KnownResourceStates.Running ? null
        : reports.Length == 0 ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : reports.Min(report => report.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
}
