using System.Diagnostics;
using Bench.Statistics;

namespace Bench.Load;

internal sealed class HttpClientLoad : HttpLoad
{
    public override string Name => "HttpClient";

    public override async Task<HttpLoadResult> RunAsync(Uri url, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var client = new HttpClient(handler);
        var begun = Stopwatch.GetTimestamp();
        var callers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => CallAsync(client, url, begun, duration, cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var sorted = callers.SelectMany(milliseconds => milliseconds).Order().ToArray();
        return new HttpLoadResult(sorted.Length, sorted.Length / elapsed.TotalSeconds, Percentiles.At(sorted, 0.99));
    }

    private static async Task<List<double>> CallAsync(HttpClient client, Uri url, long begun, TimeSpan duration, CancellationToken cancellationToken)
    {
        var milliseconds = new List<double>();
        do
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(url, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new BenchException($"Expected {url} to answer with 200, found {(int)answer.StatusCode}.");
            }

            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(begun) < duration);
        return milliseconds;
    }
}
