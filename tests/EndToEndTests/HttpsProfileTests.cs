using System.Net;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>The launch profile https on a machine with a trusted development certificate, as the README says to make it.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class HttpsProfileTests
{
    [Fact]
    public async Task DashboardAndTelemetryUseHttps()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var home = new Home();
        using var certificate = await home.MakeDevelopmentCertificateAsync(cancellationToken);
        var settings = new AppHostSettings(NodeForm.Process);
        // The profile has the dashboard without https too, as a second address.
        var launch = new AppHostLaunch(settings) { LaunchProfile = "https", DashboardPorts = [17180, 21180, 22180, 15180], Further = home.Environment };
        launch.RequireFreePorts();
        try
        {
            await using var run = await AppHostRun.StartAsync(launch, cancellationToken);
            await run.UntilHealthyAsync(TimeSpan.FromMinutes(4));
            Assert.StartsWith("https://localhost:17180/login?t=", run.LoginUrl.ToString(), StringComparison.Ordinal);
            using var client = new HttpClient(Http.Trusting(certificate));
            using var response = await client.GetAsync(run.LoginUrl, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            using var api = new HttpClient { BaseAddress = settings.Api };
            await using var dashboard = await Dashboard.OpenAsync(run.LoginUrl);
            await dashboard.TakeTheTourAsync(settings, settings.NodeName(await settings.AnyPrimaryAsync(cancellationToken)), api, cancellationToken);
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
