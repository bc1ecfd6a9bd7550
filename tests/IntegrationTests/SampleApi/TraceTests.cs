using System.Diagnostics;
using System.Net.Http.Json;
using IntegrationTests.Client;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using RedisCluster.Client.Telemetry;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi;

public sealed class TraceTests : ClusterTest
{
    private static readonly (string, string)[] Restless =
    [
        ("Work:ReclaimAfter", "00:00:00.100"), ("Work:HandleWithin", "00:00:00.050"), ("Snapshots:Every", "00:00:00.050"), ("Snapshots:LockLength", "00:00:00.300"),
    ];

    // Four loops that ask again and again would bury the traces that somebody looks for.
    [Fact]
    public async Task RequestsAndTheirJobsAreTracesAndLoopsInTheBackgroundAreNot()
    {
        var nodes = await StartClusterAsync();
        var spans = new SpanCollection();
        await using var api = ApiUnderTest.Start(nodes, services => services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(spans)), Restless);
        ActivityTraceId caller;
        using (var activity = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start())
        {
            caller = activity.TraceId;
            using var answer = await api.Client.PostAsJsonAsync("/work", new { kind = "hash", text = "text" }, CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        var queue = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{work}");
        var locks = await FormedCluster.PrimaryOfAsync(nodes, nodes[0], "{lock:snapshots}");
        await Eventually.HoldsAsync("the queue was asked again and again", async _ => await CallsAsync(queue, "xreadgroup") > 10 && await CallsAsync(queue, "xautoclaim") > 3);
        await Eventually.HoldsAsync("the lock was extended", async _ => await CallsAsync(locks, "pexpire") > 3);
        List<Activity> commands = [];
        await Eventually.HoldsAsync(
            "the job is in the trace of its request",
            () =>
            {
                api.Services.GetRequiredService<TracerProvider>().ForceFlush();
                commands = [.. spans.All.Where(span => span.Source == api.Services.GetRequiredService<CommandTelemetry>().Source)];
                return Operations(commands.Where(span => span.TraceId == caller)) == "EVAL, EVAL, SPUBLISH"; // queued, told, finished
            },
            found: () => Operations(commands));

        var job = Assert.Single(spans.All, span => span.DisplayName == "work hash" && span.TraceId == caller);
        Assert.Single(commands, span => span.ParentSpanId == job.SpanId);
        // The keys of data protection, once at the start.
        Assert.All(commands.Where(span => span.TraceId != caller), span => Assert.Contains(Operations([span]), (string[])["LRANGE", "RPUSH"]));
    }

    private static string Operations(IEnumerable<Activity> spans) => string.Join(", ", spans.Select(span => span.GetTagItem("db.operation.name")).Order());

    private static async Task<long> CallsAsync(RedisNode node, string command)
    {
        var line = (await node.AskTextAsync("INFO", "commandstats")).Split('\n').FirstOrDefault(line => line.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
