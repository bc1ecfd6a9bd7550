using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>The health checks of a resource, which are also those of its parents, and their reports.</summary>
internal static class ResourceHealth
{
    public static IReadOnlySet<string> Keys(IResource resource) =>
        resource.TryGetAnnotationsIncludingAncestorsOfType<HealthCheckAnnotation>(out var checks) ? checks.Select(check => check.Key).ToHashSet() : new HashSet<string>();

    /// <summary>Reports of checks that have not run: a resource is not healthy before they have.</summary>
    public static ImmutableArray<HealthReportSnapshot> InitialReports(IResource resource) =>
        [.. Keys(resource).Select(key => new HealthReportSnapshot(key, Status: null, Description: null, ExceptionText: null))];

    public static ImmutableArray<HealthReportSnapshot> Merge(ImmutableArray<HealthReportSnapshot> reports, HealthReport report, DateTime lastRunAt)
    {
        foreach (var (key, entry) in report.Entries)
        {
            var latest = new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.ToString()) { LastRunAt = lastRunAt };
            reports = reports.FirstOrDefault(existing => existing.Name == key) is { } previous ? reports.Replace(previous, latest) : reports.Add(latest);
        }

        return reports;
    }
}
