using System.Net;
using OpenTelemetry.Exporter;

namespace Bench.Api;

/// <summary>Accepts everything that an exporter sends, without a network or another process that would take the processors from what is measured.</summary>
internal sealed class NoCollector : HttpMessageHandler
{
    public static void Configure(OtlpExporterOptions options)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.HttpClientFactory = () => new HttpClient(new NoCollector());
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Content?.CopyTo(Stream.Null, context: null, cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]), RequestMessage = request };
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));
}
