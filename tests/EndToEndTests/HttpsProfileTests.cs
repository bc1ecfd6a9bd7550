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
        var busy = settings.Ports.Append(15180).Where(port => !FreePorts.IsFree(port)).ToList();
        Requirement.Holds(busy.Count == 0, $"ports of the profile are in use: {string.Join(", ", busy)}");
        try
        {
            await using var run = await AppHostRun.StartAsync(settings, cancellationToken);
            await run.WaitUntilHealthyAsync(TimeSpan.FromMinutes(4), cancellationToken);
            Assert.StartsWith("https://localhost:17180/login?t=", run.LoginUrl.ToString(), StringComparison.Ordinal);
            using var client = new HttpClient(Http.Trusting(certificate));
            using var response = await client.GetAsync(run.LoginUrl, cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await Dashboard.AssertShowsTheClusterAndStopsAndStartsANodeAsync(run, run.NodeName(await run.AnyPrimaryAsync(cancellationToken)), cancellationToken);
        }
        finally
        {
            await Data.RemoveAsync(settings, cancellationToken);
        }
    }
}
