using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace UnitTests.Fallback.Dashboard;

public class DashboardSettingsTests
{
    private static readonly Uri ResourceService = new("http://localhost:20180");

    [Fact]
    public void AddressesComeFromTheSettingsOfAspire()
    {
        var settings = From(("ASPNETCORE_URLS", "https://localhost:17180;http://localhost:15180"), ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19180"));

        Assert.Equal(["https://localhost:17180/", "http://localhost:15180/"], settings.Urls.Select(url => url.ToString()));
        Assert.Equal(("https://localhost:17180/", "http://localhost:19180/", null), (settings.PreferredUrl.ToString(), settings.OtlpUrl.ToString(), settings.ResourceServiceUrl));
    }

    [Fact]
    public void WithoutSettingsThePortsAreFreeOnes()
    {
        var settings = From();

        Assert.NotEqual(0, settings.PreferredUrl.Port);
        Assert.NotEqual(0, settings.OtlpUrl.Port);
        Assert.NotEqual(settings.PreferredUrl.Port, settings.OtlpUrl.Port);
    }

    [Fact]
    public void AnAddressThatIsNoneIsNamedWithItsSetting()
    {
        var exception = Assert.Throws<DistributedApplicationException>(() => From(("ASPNETCORE_URLS", "15180")));

        Assert.Equal("ASPNETCORE_URLS is '15180'. Expected an address like http://localhost:15180.", exception.Message);
    }

    [Fact]
    public void KeysAreNewForEveryRun()
    {
        var (one, other) = (From(), From());

        Assert.Equal(8, new[] { one, other }.SelectMany(settings => new[] { settings.BrowserToken, settings.OtlpApiKey, settings.ApiKey, settings.ResourceServiceApiKey }).Distinct().Count());
    }

    [Fact]
    public void AnonymousAccessAsksForNothingButHidesTheResourceService()
    {
        var settings = From(("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "true"));
        var environment = DashboardResource.Environment(settings, ResourceService).ToDictionary();

        Assert.Equal((null, null, null), (settings.BrowserToken, settings.OtlpApiKey, settings.ApiKey));
        Assert.Equal(
            ("Unsecured", "Unsecured", "Unsecured", "ApiKey"),
            (environment["DASHBOARD__FRONTEND__AUTHMODE"], environment["DASHBOARD__OTLP__AUTHMODE"], environment["DASHBOARD__API__AUTHMODE"], environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"]));
    }

    [Fact]
    public void TheDashboardIsGivenItsAddressesAndKeys()
    {
        var settings = From(
            ("ASPNETCORE_URLS", "http://localhost:15180"),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19180"),
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("AppHost:BrowserToken", "browser"),
            ("AppHost:OtlpApiKey", "otlp"),
            ("AppHost:DashboardApiKey", "api"));

        Assert.Equal(
            $"""
            ASPNETCORE_ENVIRONMENT=Development
            ASPNETCORE_URLS=http://localhost:15180
            ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:19180
            ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:20180
            DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE=ApiKey
            DASHBOARD__RESOURCESERVICECLIENT__APIKEY={settings.ResourceServiceApiKey}
            DASHBOARD__FRONTEND__AUTHMODE=BrowserToken
            DASHBOARD__FRONTEND__BROWSERTOKEN=browser
            DASHBOARD__OTLP__AUTHMODE=ApiKey
            DASHBOARD__OTLP__PRIMARYAPIKEY=otlp
            DASHBOARD__API__AUTHMODE=ApiKey
            DASHBOARD__API__PRIMARYAPIKEY=api
            DOTNET_TieredPGO=0
            DOTNET_TC_CallCountingDelayMs=3E8
            LOGGING__CONSOLE__FORMATTERNAME=json
            """,
            string.Join(Environment.NewLine, DashboardResource.Environment(settings, ResourceService).Select(variable => $"{variable.Key}={variable.Value}")));
    }

    [Fact]
    public void ProjectsSendTelemetryUnderTheNameTheyHaveInTheDashboard()
    {
        var settings = From(("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19180"), ("AppHost:OtlpApiKey", "otlp"));

        Assert.Equal(
            """
            OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:19180
            OTEL_EXPORTER_OTLP_PROTOCOL=grpc
            OTEL_SERVICE_NAME={{- index .Annotations "otel-service-name" -}}
            OTEL_RESOURCE_ATTRIBUTES=service.instance.id={{- index .Annotations "otel-service-instance-id" -}}
            OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key=otlp
            """,
            string.Join(Environment.NewLine, OtlpEnvironment.Variables(settings, soon: false).Select(variable => $"{variable.Key}={variable.Value}")));
    }

    private static DashboardSettings From(params (string Name, string Value)[] values) =>
        DashboardSettings.From(new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Name, (string?)value.Value))).Build());
}
