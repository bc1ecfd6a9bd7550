using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Support;

namespace Bench.Api;

/// <summary>This program as an API.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly HttpClient _http;

    private ApiProcess(Process process, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Url = new Uri(_http.BaseAddress, "/value");
    }

    /// <summary>What to load.</summary>
    public Uri Url { get; }

    public static async Task<ApiProcess> StartAsync(ApiKind kind, string connectionString, CancellationToken cancellationToken)
    {
        var port = FreePorts.Take(1)[0];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [CommandLine.ApiCommand, kind.ToString(), port.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["ConnectionStrings__redis"] = connectionString;
        // An exporter of the surroundings would be one side's burden only.
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        var process = Process.Start(start) ?? throw new BenchException($"Expected {Environment.ProcessPath} to start as an API.");
        LastWill.Ends(process.Id);
        var api = new ApiProcess(process, port);
        try
        {
            await api.UntilItAnswersAsync(kind, cancellationToken);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public async Task<ApiCost> CostAsync(CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<ApiCost>("/cost", cancellationToken) ?? throw new BenchException("Expected the API to tell its cost.");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        LastWill.Forget(_process.Id);
        _process.Dispose();
    }

    private Task UntilItAnswersAsync(ApiKind kind, CancellationToken cancellationToken) => Eventually.HoldsAsync(
        $"the API of kind {kind} answers {Url}",
        async _ =>
        {
            try
            {
                using var answer = await _http.GetAsync(Url, cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                return false; // Not listening yet.
            }
        },
        pause: StartPause);
}
