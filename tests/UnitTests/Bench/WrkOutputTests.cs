using Bench;
using Bench.Load;
using Xunit;

namespace UnitTests.Bench;

public sealed class WrkOutputTests
{
    private const string Output = """
        Running 3s test @ http://127.0.0.1:12345/value
          1 threads and 50 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     1.20ms  400.00us   9.00ms   80.00%
            Req/Sec    41.50k     1.00k   43.00k    90.00%
          Latency Distribution
             50%    0.98ms
             75%    1.30ms
             90%    1.80ms
             99%    2.61ms
          124034 requests in 3.00s, 24.01MB read
        Requests/sec:  41344.61
        Transfer/sec:      8.00MB
        """;

    [Fact]
    public void RequestsRateAndP99AreRead() => Assert.Equal(new HttpLoadResult(124034, 41344.61, 2.61), WrkLoad.Read(Output));

    [Theory]
    [InlineData("950.00us", 0.95)]
    [InlineData("1.20s", 1200)]
    public void TheP99HasItsUnit(string p99, double milliseconds) =>
        Assert.Equal(milliseconds, WrkLoad.Read(Output.Replace("2.61ms", p99, StringComparison.Ordinal)).P99Milliseconds, precision: 6);

    [Theory]
    [InlineData("  Non-2xx or 3xx responses: 17")]
    [InlineData("  Socket errors: connect 0, read 3, write 0, timeout 0")]
    public void ARunWithFailedRequestsIsNoMeasurement(string line)
    {
        var refusal = Assert.Throws<BenchException>(() => WrkLoad.Read($"{Output}\n{line}"));
        Assert.Contains(line, refusal.Message, StringComparison.Ordinal);
    }
}
