using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisCluster.Hosting.Run;
using Xunit;

namespace UnitTests.Hosting.Run;

public sealed class NodeHealthCheckTests
{
    [Fact]
    public async Task NodeThatAnswersIsHealthy() =>
        Assert.Equal((HealthStatus.Healthy, "localhost:PORT answers PING"), await CheckAsync(new FakeNode()));

    [Theory]
    [InlineData("-WRONGPASS invalid username-password pair or user is disabled.\r\n")]
    [InlineData("-NOAUTH Authentication required.\r\n")]
    public async Task RefusedPasswordIsFinal(string reply)
    {
        var (status, text) = await CheckAsync(new FakeNode { Answer = _ => reply });

        Assert.Equal(HealthStatus.Unhealthy, status);
        Assert.StartsWith($"localhost:PORT refuses the password of redis: is another server on this port? It says: {reply[1..].Trim()} (1 attempts", text, StringComparison.Ordinal);
    }

    // Each is over in a moment, so none is the end, and none is about the password.
    [Theory]
    [InlineData("-ERR max number of clients reached\r\n", "is not ready: ERR max number of clients reached")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "is not ready: LOADING Redis is loading the dataset in memory")]
    [InlineData("-MASTERDOWN Link with MASTER is down\r\n", "is not ready: MASTERDOWN Link with MASTER is down")]
    [InlineData(null, "does not answer PING within 1 s")]
    public async Task OtherAnswersAreAskedAgainForFourSeconds(string? reply, string finding)
    {
        var (status, text) = await CheckAsync(new FakeNode { Answer = command => command == "PING" ? reply : "+OK\r\n" });

        Assert.Equal(HealthStatus.Unhealthy, status);
        Assert.StartsWith($"localhost:PORT {finding} (", text, StringComparison.Ordinal);
        Assert.DoesNotContain("(1 attempts", text, StringComparison.Ordinal);
    }

    // A server that is full says so before it is asked, and hangs up.
    [Fact]
    public async Task ServerThatIsFullIsQuoted()
    {
        var (status, text) = await CheckAsync(new FakeNode { Greeting = "-ERR max number of clients reached\r\n", Answer = _ => null });

        Assert.Equal(HealthStatus.Unhealthy, status);
        Assert.Contains("ERR max number of clients reached (", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingThereIsRefused()
    {
        int port;
        await using (var gone = new FakeNode())
        {
            port = gone.Port;
        }

        var (status, text) = await CheckAsync(port);

        Assert.Equal(HealthStatus.Unhealthy, status);
        Assert.StartsWith("localhost:PORT does not answer: connection refused (", text, StringComparison.Ordinal);
    }

    private static async Task<(HealthStatus Status, string Text)> CheckAsync(FakeNode fake)
    {
        await using (fake)
        {
            return await CheckAsync(fake.Port);
        }
    }

    private static async Task<(HealthStatus Status, string Text)> CheckAsync(int port)
    {
        var check = new NodeHealthCheck(TestCluster.AddNode(TestCluster.Model(), 1, port));
        var result = await check.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        return (result.Status, result.Description!.Replace($"localhost:{port}", "localhost:PORT", StringComparison.Ordinal));
    }
}
