using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>The server to which the dashboard connects for resources, logs and commands. Loopback only.</summary>
internal sealed class ResourceServiceHost(DashboardSettings settings, DashboardService service, ILoggerFactory loggers) : IAsyncDisposable
{
    private const string ApiKeyHeader = "x-resource-service-api-key";

    private WebApplication? _server;

    /// <returns>The address at which it listens.</returns>
    public async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        // Empty: neither ASPNETCORE_URLS nor any other setting of the dashboard is meant for this server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRouting();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Listen);
        _server = builder.Build();
        _server.UseRouting();
        _server.Use(RequireApiKeyAsync);
        _server.MapGrpcService<DashboardService>();
        await _server.StartAsync(cancellationToken);
        var bound = new Uri(_server.Urls.First());
        return new UriBuilder(bound) { Host = settings.ResourceServiceUrl?.Host ?? IPAddress.Loopback.ToString() }.Uri;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private void Listen(KestrelServerOptions kestrel)
    {
        if (settings.ResourceServiceUrl is not { } url)
        {
            kestrel.Listen(IPAddress.Loopback, 0, UseHttp2);
        }
        else if (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address))
        {
            kestrel.Listen(address, url.Port, UseHttp2);
        }
        else if (url.IsLoopback || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(url.Port, UseHttp2);
        }
        else
        {
            throw new DistributedApplicationException($"{DashboardSettings.ResourceServiceSetting} is {url}. Expected an address of this machine, like http://localhost:20180.");
        }
    }

    // HTTP/2 from the first byte: without TLS there is nothing to negotiate it with.
    private void UseHttp2(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http2;
        if (settings.ResourceServiceUrl?.Scheme == Uri.UriSchemeHttps)
        {
            options.UseHttps();
        }
    }

    private Task RequireApiKeyAsync(HttpContext context, RequestDelegate next)
    {
        var given = Encoding.UTF8.GetBytes(context.Request.Headers[ApiKeyHeader].ToString());
        if (CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(settings.ResourceServiceApiKey)))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
