using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Xunit;

namespace UnitTests.Fallback;

public class DcpPortRuleTests
{
    [Fact]
    public void BusyPortIsToldWithItsResourceAndTheCure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(
            $"Port {port} of endpoint 'http' of resource 'api' is in use by another process. End that process (perhaps another run of this application), or choose another port.",
            Problems(Executable("api").WithHttpEndpoint(port: port)));
    }

    [Fact]
    public void FixedTargetPortCannotBeSharedByAProxy() => Assert.Equal(
        "The endpoint 'http' of resource 'api' has a proxy, which cannot listen on the target port 4 too: leave one of them out, or set isProxied to false.",
        Problems(Executable("api").WithHttpEndpoint(port: 4, targetPort: 4)));

    [Fact]
    public void TwoEndpointsCannotHaveOnePort() => Assert.Equal(
        "Port 4 is wanted by endpoint 'http' of resource 'a' and endpoint 'http' of resource 'b'. Give each its own port.",
        Problems(Executable("a").WithHttpEndpoint(port: 4), Executable("b").WithHttpEndpoint(port: 4)));

    private static IResourceBuilder<ExecutableResource> Executable(string name) => DistributedApplication.CreateBuilder([]).AddExecutable(name, "/bin/true", "/");

    private static string Problems(params IResourceBuilder<ExecutableResource>[] resources) => Assert.Throws<DistributedApplicationException>(() => PortRules.ThrowOnProblems(
        [.. resources.SelectMany(builder => builder.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => ((IResource)builder.Resource, endpoint)))])).Message;
}
