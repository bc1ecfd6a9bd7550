using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard listens and what it is opened with, from the configuration that Aspire knows.</summary>
internal sealed class DashboardSettings
{
    public const string UrlsSetting = "ASPNETCORE_URLS";
    public const string OtlpSetting = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";
    public const string OtlpHttpSetting = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    public const string ResourceServiceSetting = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";
    public const string AnonymousSetting = "ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS";

    /// <summary>The addresses of the dashboard's pages, at least one.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    public required Uri OtlpUrl { get; init; }

    /// <summary>OTLP over HTTP, for those who ask for it.</summary>
    public Uri? OtlpHttpUrl { get; init; }

    /// <summary>Null for any free port: nobody but the dashboard needs to know it.</summary>
    public Uri? ResourceServiceUrl { get; init; }

    /// <summary>What is asked of a browser; null when anybody may look.</summary>
    public string? BrowserToken { get; init; }

    /// <summary>What is asked of a program that sends telemetry; null when anybody may send.</summary>
    public string? OtlpApiKey { get; init; }

    /// <summary>What is asked of a program that reads telemetry; null when anybody may read.</summary>
    public string? ApiKey { get; init; }

    /// <summary>What the dashboard shows to the resource service. New for every run.</summary>
    public string ResourceServiceApiKey { get; init; } = NewToken();

    public required string Environment { get; init; }

    /// <summary>Certificates that those who connect to addresses with https have to trust; null where they do anyway.</summary>
    public string? TrustFile { get; set; }

    /// <summary>The address to open.</summary>
    public Uri PreferredUrl => Urls.FirstOrDefault(url => url.Scheme == Uri.UriSchemeHttps) ?? Urls[0];

    public static DashboardSettings From(IConfiguration configuration)
    {
        var anonymous = bool.TryParse(configuration[AnonymousSetting], out var allowed) && allowed;
        return new DashboardSettings
        {
            Urls = [.. (NotEmpty(configuration[UrlsSetting]) ?? FreeUrl()).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => Url(UrlsSetting, url))],
            OtlpUrl = Url(OtlpSetting, NotEmpty(configuration[OtlpSetting]) ?? FreeUrl()),
            OtlpHttpUrl = NotEmpty(configuration[OtlpHttpSetting]) is { } otlpHttp ? Url(OtlpHttpSetting, otlpHttp) : null,
            ResourceServiceUrl = NotEmpty(configuration[ResourceServiceSetting]) is { } resources ? Url(ResourceServiceSetting, resources) : null,
            BrowserToken = anonymous ? null : NotEmpty(configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"]) ?? NotEmpty(configuration["AppHost:BrowserToken"]) ?? NewToken(),
            ResourceServiceApiKey = NotEmpty(configuration["ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY"]) ?? NewToken(),
            OtlpApiKey = anonymous ? null : NotEmpty(configuration["AppHost:OtlpApiKey"]) ?? NewToken(),
            ApiKey = anonymous ? null : NotEmpty(configuration["AppHost:DashboardApiKey"]) ?? NewToken(),
            Environment = NotEmpty(configuration["ASPNETCORE_ENVIRONMENT"]) ?? "Production",
        };
    }

    private static Uri Url(string setting, string value) =>
        Uri.TryCreate(value.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? (url.Port == 0 ? new UriBuilder(url) { Port = LoopbackPorts.Free() }.Uri : url)
            : throw new DistributedApplicationException($"{setting} is '{value}'. Expected an address like http://localhost:15180.");

    private static string FreeUrl() => $"http://localhost:{LoopbackPorts.Free()}";

    private static string? NotEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
