using System.Globalization;
using System.Text;

namespace Bench.Reporting;

/// <summary>The report for a terminal and as Markdown.</summary>
internal static class ReportTexts
{
    public static string ToTable(Report report)
    {
        var text = new StringBuilder(Heading(report)).Append('\n');
        foreach (var (part, figures) in report.Parts)
        {
            var rows = figures.Select(Report.Row).Prepend(Report.Columns).ToList();
            var widths = Report.Columns.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
            text.Append('\n').Append(part).Append('\n');
            foreach (var row in rows)
            {
                text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
            }
        }

        return text.ToString();
    }

    public static string ToMarkdown(Report report)
    {
        var text = new StringBuilder("# Measured\n\n").Append(Heading(report)).Append('\n');
        foreach (var (part, figures) in report.Parts)
        {
            text.Append("\n## ").Append(part).Append("\n\n");
            AppendRow(text, Report.Columns);
            AppendRow(text, [.. Report.Columns.Select(_ => "---")]);
            foreach (var figure in figures)
            {
                AppendRow(text, Report.Row(figure));
            }
        }

        return text.ToString();
    }

    private static string Heading(Report report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Started:yyyy-MM-dd HH:mm} UTC, {report.Machine}. Median (least–most) of the rounds; ratios are taken round by round.{(report.IsQuick ? " Quick: shows that everything runs, not how fast." : "")}");

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
