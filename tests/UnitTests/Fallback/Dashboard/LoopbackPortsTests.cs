using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Xunit;

namespace UnitTests.Fallback.Dashboard;

public class LoopbackPortsTests
{
    [Fact]
    public void ABusyPortIsNamedWithItsSettingAndTheWayOut()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var exception = Assert.Throws<DistributedApplicationException>(() => LoopbackPorts.RequireFree([("ASPNETCORE_URLS", new Uri($"http://localhost:{port}"))]));

        Assert.Equal(
            $"""
            Port {port} of the dashboard is in use by another program: ASPNETCORE_URLS is http://localhost:{port}.
            If this application runs already, stop it there. Otherwise give the dashboard other ports in AppHost/Properties/launchSettings.json or in the environment.
            """,
            exception.Message);
    }

    [Fact]
    public void AFreePortIsAccepted() => LoopbackPorts.RequireFree([("ASPNETCORE_URLS", new Uri($"http://localhost:{LoopbackPorts.Free()}"))]);
}
