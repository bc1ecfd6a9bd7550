using System.Globalization;
using System.Text.RegularExpressions;
using Bench.Machine;

namespace Bench.Load;

internal sealed partial class WrkLoad(string program) : HttpLoad
{
    public override string Name => "wrk";

    public override async Task<HttpLoadResult> RunAsync(Uri url, TimeSpan duration, CancellationToken cancellationToken)
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (int)duration.TotalSeconds)}s");
        var run = await ProgramRun.ToSuccessAsync(
            program, ["--threads", "1", "--connections", $"{Connections}", "--duration", seconds, "--latency", url.ToString()], [], cancellationToken);
        return Read(run.Output);
    }

    // 99%    2.61ms
    // 124034 requests in 3.00s, 24.01MB read
    // Requests/sec:  41344.61
    internal static HttpLoadResult Read(string output)
    {
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new BenchException($"Expected wrk to have every request answered with 200, found:\n{output}");
        }

        var (requests, rate, p99) = (RequestsLine.Match(output), RateLine.Match(output), P99Line.Match(output));
        if (!requests.Success || !rate.Success || !p99.Success)
        {
            throw new BenchException($"Expected wrk to tell requests, requests/sec and the 99 % latency, found:\n{output}");
        }

        var milliseconds = Number(p99.Groups["value"]) * (p99.Groups["unit"].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 });
        return new HttpLoadResult((long)Number(requests.Groups["value"]), Number(rate.Groups["value"]), milliseconds);
    }

    private static double Number(Capture text) => double.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<value>\d+) requests in")]
    private static partial Regex RequestsLine { get; }

    [GeneratedRegex(@"Requests/sec:\s+(?<value>[\d.]+)")]
    private static partial Regex RateLine { get; }

    [GeneratedRegex(@"99%\s+(?<value>[\d.]+)(?<unit>us|ms|s)")]
    private static partial Regex P99Line { get; }
}
