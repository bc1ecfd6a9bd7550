namespace Bench.Load;

/// <summary>Requests on 50 connections for a time, each as soon as the one before is answered.</summary>
internal abstract class HttpLoad
{
    protected const int Connections = 50;

    public abstract string Name { get; }

    /// <summary>wrk takes less of the machine than a generator inside this process, and is taken where there is one.</summary>
    public static HttpLoad On(string? wrk) => wrk is null ? new HttpClientLoad() : new WrkLoad(wrk);

    /// <exception cref="BenchException">A request failed.</exception>
    public abstract Task<HttpLoadResult> RunAsync(Uri url, TimeSpan duration, CancellationToken cancellationToken);
}

/// <summary>What came of it.</summary>
internal sealed record HttpLoadResult(long Requests, double RequestsPerSecond, double P99Milliseconds);
