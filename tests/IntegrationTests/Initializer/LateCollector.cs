using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationTests.Initializer;

/// <summary>An OTLP collector (HTTP, protobuf) whose port is known before it listens there.</summary>
internal sealed class LateCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, string Content)> _received = new();
    private readonly WebApplication _application;

    public LateCollector()
    {
        EndPoint = $"http://127.0.0.1:{FreePorts.Take(1)[0]}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _application = builder.Build();
        _application.Urls.Add(EndPoint);
        _application.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            _received.Enqueue((signal, Encoding.UTF8.GetString(content.ToArray())));
        });
    }

    public string EndPoint { get; }

    public Task StartAsync(CancellationToken cancellationToken) => _application.StartAsync(cancellationToken);

    /// <summary>All that came of a signal (logs, traces, metrics). The texts in it are readable, as protobuf writes them as they are.</summary>
    public string Of(string signal) => string.Concat(_received.Where(received => received.Signal == signal).Select(received => received.Content));

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
