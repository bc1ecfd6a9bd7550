using System.Net;
using System.Net.Http.Json;
using EndToEndTests.App;
using Support;
using Xunit;

namespace EndToEndTests;

[Collection<SharesProcessForm>]
[Trait("Form", nameof(NodeForm.Process))]
public sealed class ProcessFormTests(ProcessFormApp app) : ClusterFacts(app)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The requests of docs/patterns.md.
    [Fact]
    public async Task BothInstancesOfSampleApiAnswerAtItsAddressAndReadWhatTheOtherWrote()
    {
        var run = await app.StartedAsync(Token);
        await run.UntilWholeAsync(TimeSpan.FromSeconds(30), Token);

        var cookies = new CookieContainer();
        using var writer = Browser(run, cookies);
        using var response = await writer.PostAsync(new Uri("/cart/items/pen", UriKind.Relative), null, Token);
        response.EnsureSuccessStatusCode();
        var written = await response.Content.ReadFromJsonAsync<Cart>(Token);
        await Eventually.HoldsAsync($"another instance than {written!.ServedBy} answers", async token =>
        {
            // A connection of its own: the orchestrator's proxy may choose the instance by connection.
            using var reader = Browser(run, cookies);
            var read = await reader.GetFromJsonAsync<Cart>(new Uri("/cart", UriKind.Relative), token);
            Assert.Equal(["pen"], read!.Items);
            return read.ServedBy != written.ServedBy;
        });
    }

    private static HttpClient Browser(RunningAppHost run, CookieContainer cookies) =>
        run.CreateClient(new SocketsHttpHandler { CookieContainer = cookies });

    private sealed record Cart(IReadOnlyList<string> Items, string ServedBy);
}
