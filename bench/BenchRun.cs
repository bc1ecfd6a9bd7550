using System.Diagnostics;
using System.Globalization;
using System.Text;
using Bench.Campaign;
using Bench.Machine;
using Bench.Parts;
using Bench.Reporting;

namespace Bench;

/// <summary>One run: the chosen parts one after another, then the table and the files.</summary>
internal static class BenchRun
{
    private const int Success = 0;
    private const int Failure = 1;

    /// <returns>0 when everything was measured, whatever the verdicts; 1 when something could not be measured, or a test missed a target.</returns>
    public static async Task<int> ExecuteAsync(
        IReadOnlyList<Part> parts, Effort effort, string image, CampaignOptions campaign, DirectoryInfo? output, CancellationToken cancellationToken)
    {
        // The table has characters that are not ASCII.
        Console.OutputEncoding = Encoding.UTF8;
        var begun = Stopwatch.GetTimestamp();
        void Progress(string line) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(begun).TotalSeconds,4:0} s] {line}"));
        try
        {
            var tools = await Tools.FindAsync(Progress, cancellationToken);
            if (tools.RedisCli is null && parts.Where(part => part.NeedsRedisCli).Select(part => part.Name).ToArray() is { Length: > 0 } lacking)
            {
                throw new BenchException($"redis-cli is not on PATH and {string.Join(", ", lacking)} measures beside it: install it (Debian and Ubuntu: apt install redis-tools), or name other parts.");
            }

            Progress(tools.ToString());
            var report = new Report(TimeProvider.System.GetUtcNow(), tools.ToString(), effort.IsQuick, await MeasureAsync(parts, new Measuring(tools, effort, image, campaign, Progress), cancellationToken));
            Console.Out.WriteLine();
            Console.Out.Write(ReportTexts.ToTable(report));
            await WriteAsync(report, output?.FullName ?? Path.Combine(Repository.Root, "artifacts", "bench"), cancellationToken);
            return report.Parts.Zip(parts).Any(part => part.Second.IsTest && part.First.Figures.Any(figure => figure.Verdict is Verdict.Missed)) ? Failure : Success;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C reaches the servers too: that they end in the middle of a measurement shows in many ways.
            Progress("stopped; nothing was written");
            return Failure;
        }
        catch (Exception exception) when (exception is BenchException or RedisServerNotFoundException or ExpectationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failure;
        }
    }

    private static async Task<IReadOnlyList<(string Part, IReadOnlyList<Figure> Figures)>> MeasureAsync(IReadOnlyList<Part> parts, Measuring measuring, CancellationToken cancellationToken)
    {
        var measured = new List<(string, IReadOnlyList<Figure>)>();
        foreach (var part in parts)
        {
            measured.Add((part.Title, await part.MeasureAsync(measuring with { Progress = line => measuring.Progress($"{part.Name}, {line}") }, cancellationToken)));
        }

        return measured;
    }

    private static async Task WriteAsync(Report report, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "results.json"), ReportJson.ToJson(report), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "results.md"), ReportTexts.ToMarkdown(report), cancellationToken);
        Console.Out.WriteLine($"\nWritten: {Path.Combine(folder, "results.json")} and results.md");
    }
}
