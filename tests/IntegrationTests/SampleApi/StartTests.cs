using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IntegrationTests.Client;
using SampleApi.Cluster;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

/// <summary>The program itself, where it cannot start: exit code 1, and what is wrong as its last words.</summary>
public sealed class StartTests : ClusterTest
{
    [Fact]
    public async Task WithoutAConnectionStringItSaysOnlyWhereToPutOne()
    {
        var (exitCode, output) = await RunAsync([]);
        Assert.Equal(1, exitCode);
        Assert.Contains("ConnectionStrings:", Assert.Single(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnABusyPortItEndsItsWorkInOrder()
    {
        var nodes = await StartClusterAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var (exitCode, output) = await RunAsync(new() { ["ASPNETCORE_URLS"] = address, ["ConnectionStrings__redis"] = FormedCluster.ConnectionString(nodes) });
        Assert.Equal(1, exitCode);
        Assert.Contains(address, output[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(output, line => line.Contains("ObjectDisposedException", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ClusterReport).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        LastWill.Ends(process.Id);
        var output = await Tool.OutputAsync(process);
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
