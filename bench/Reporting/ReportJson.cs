using System.Text;
using System.Text.Json;
using Bench.Statistics;

namespace Bench.Reporting;

/// <summary>The report for programs.</summary>
internal static class ReportJson
{
    public static string ToJson(Report report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("started", report.Started);
            json.WriteString("machine", report.Machine);
            json.WriteBoolean("quick", report.IsQuick);
            json.WriteStartArray("figures");
            foreach (var (part, figure) in report.Parts.SelectMany(part => part.Figures.Select(figure => (part.Part, figure))))
            {
                Write(json, part, figure);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string part, Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("part", part);
        json.WriteString("name", figure.Name);
        json.WriteString("unit", figure.Unit);
        Write(json, "measured", figure.Measured);
        if (figure.Reference is { } reference)
        {
            json.WriteString("comparedWith", reference.Name);
            Write(json, "reference", reference.Measured);
            Write(json, "ratio", figure.Ratio!);
        }

        if (figure.Target is { } target)
        {
            json.WriteString("target", target.ToString());
            json.WriteString("judged", target.Judged.ToString());
        }

        json.WriteString("verdict", figure.Verdict.ToString());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Samples samples)
    {
        json.WriteStartObject(name);
        json.WriteNumber("median", samples.Median);
        json.WriteNumber("least", samples.Least);
        json.WriteNumber("most", samples.Most);
        json.WriteStartArray("rounds");
        foreach (var value in samples.Values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
