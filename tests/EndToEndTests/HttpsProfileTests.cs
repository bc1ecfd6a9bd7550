using System.Net;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>The launch profile https on a machine with a development certificate that the system does not trust.</summary>
[Trait("Form", nameof(NodeForm.Process))]
public sealed class HttpsProfileTests
{
    [Fact]
    public async Task DashboardAndTelemetryUseHttps()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var home = new Home();
        using var certificate = await home.MakeDevelopmentCertificateAsync(cancellationToken);
        var settings = new AppHostSettings(NodeForm.Process)
        {
            LaunchProfile = "https",
            Certificate = certificate,
            DashboardPort = 17180,
            OtlpPort = 21180,
            ResourceServicePort = 22180,
            Further = home.Environment,
        };
        // The profile has the dashboard without https too, as a second address.
        Requirement.Holds(FreePorts.IsFree(15180), "port 15180 of the launch profile is in use");
        await ProfileRun.UseAsync(settings, UseAsync, cancellationToken);

        async Task UseAsync(AppHostRun run)
        {
            Assert.StartsWith("https://localhost:17180/login?t=", run.LoginUrl.ToString(), StringComparison.Ordinal);
            using var client = new HttpClient(Http.Trusting(certificate));
            using var response = await client.GetAsync(run.LoginUrl, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Dashboard.AssertShowsTheClusterAndStopsAndStartsANodeAsync(run, run.NodeName(await run.AnyPrimaryAsync(cancellationToken)), cancellationToken);
        }
    }
}
