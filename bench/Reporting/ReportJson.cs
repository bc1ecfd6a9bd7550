using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bench.Statistics;

namespace Bench.Reporting;

/// <summary>The report for programs.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static string ToJson(Report report) => JsonSerializer.Serialize(
        new ReportDocument(report.Started, report.Machine, report.IsQuick, [.. report.Parts.SelectMany(part => part.Figures.Select(figure => Document(part.Part, figure)))]),
        Default.ReportDocument);

    private static FigureDocument Document(string part, Figure figure) => new(
        part, figure.Name, figure.Unit, Document(figure.Measured)!, figure.Reference?.Name, Document(figure.Reference?.Measured), Document(figure.Ratio),
        figure.Target?.ToString(), figure.Target?.Judged, figure.Verdict);

    private static SamplesDocument? Document(Samples? samples) => samples is null ? null : new(samples.Median, samples.Least, samples.Most, samples.Values);
}

internal sealed record ReportDocument(DateTimeOffset Started, string Machine, bool Quick, IReadOnlyList<FigureDocument> Figures);

internal sealed record FigureDocument(
    string Part, string Name, string Unit, SamplesDocument Measured, string? ComparedWith, SamplesDocument? Reference, SamplesDocument? Ratio, string? Target, Judged? Judged, Verdict Verdict);

internal sealed record SamplesDocument(double Median, double Least, double Most, ImmutableArray<double> Rounds);
