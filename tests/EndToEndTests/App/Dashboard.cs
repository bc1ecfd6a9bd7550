using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Support;
using Xunit;

namespace EndToEndTests.App;

/// <summary>The dashboard of a run in a browser, as a person uses it.</summary>
internal sealed partial class Dashboard : IAsyncDisposable
{
    private const float Patience = 60_000;

    private readonly Browser _browser;
    private readonly IPage _page;
    private readonly string _origin;

    private Dashboard(Browser browser, IPage page, Uri login)
    {
        (_browser, _page, _origin) = (browser, page, login.GetLeftPart(UriPartial.Authority));
        _page.SetDefaultTimeout(Patience);
    }

    /// <summary>Opens the address of the login line.</summary>
    public static async Task<Dashboard> OpenAsync(Uri login)
    {
        Runner.Require(Browser.Chromium is not null, Browser.Missing);
        var browser = await Browser.StartAsync();
        try
        {
            // A development certificate is not trusted by browsers unasked.
            var options = new BrowserNewContextOptions { IgnoreHTTPSErrors = true, ViewportSize = new ViewportSize { Width = 1440, Height = 700 } };
            return new Dashboard(browser, (await browser.OpenAsync(login, options)).Page, login);
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks at resources, console, traces, logs and metrics, and stops and starts a node.</summary>
    public async Task TakeTheTourAsync(AppHostSettings settings, string node, HttpClient api, CancellationToken cancellationToken)
    {
        foreach (var port in settings.NodePorts)
        {
            Assert.Contains($"localhost:{port}", await ShowsStateAsync(settings.NodeName(port), Text("Running")), StringComparison.Ordinal);
        }

        await ShowsStateAsync("sample-api", Text("Running"));
        await ShowsStateAsync("cluster-initializer", Text("Finished"));
        // The roles come from the nodes, a moment after their start.
        await Assertions.Expect(_page.Locator(Rows).Filter(new() { HasTextRegex = Primary() })).ToHaveCountAsync(3, new() { Timeout = Patience });
        await Assertions.Expect(_page.Locator(Rows).Filter(new() { HasTextRegex = Replica() })).ToHaveCountAsync(3, new() { Timeout = Patience });
        await PictureAsync("resources");

        await PressAsync(node, "Stop");
        await ShowsStateAsync(node, Ended());
        await PictureAsync("node-stopped");
        await PressAsync(node, "Start");
        await ShowsStateAsync(node, Text("Running"));

        await _page.GotoAsync($"{_origin}/consolelogs/resource/{node}");
        await _page.GetByText("Ready to accept connections").First.WaitForAsync();
        await _page.GotoAsync($"{_origin}/traces/resource/cluster-initializer");
        await FirstRowAsync("reconcile cluster");

        using (var written = await api.PutAsync(new Uri("/kv/seen-in-the-dashboard", UriKind.Relative), JsonContent.Create("value"), cancellationToken))
        {
            written.EnsureSuccessStatusCode();
        }

        await _page.GotoAsync($"{_origin}/traces/resource/sample-api");
        // Only the rows in view are there, and others may be above.
        await _page.Locator("input[placeholder='Filter...']").FillAsync("PUT /kv");
        // The trace of the request has the command below it, and names the node that answered.
        Assert.Contains("redis-node-", await FirstRowAsync("PUT /kv"), StringComparison.Ordinal);
        await _page.GotoAsync($"{_origin}/structuredlogs/resource/sample-api");
        await FirstRowAsync("sample-api");
        await _page.GotoAsync($"{_origin}/metrics/resource/sample-api");
        await _page.GetByText("db.client.operation.duration").First.WaitForAsync();
    }

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    private const string Rows = "tr.fluent-data-grid-row";

    // Several instances of a resource are told apart by what follows its name.
    private ILocator Row(string name) => _page.Locator(Rows).Filter(new() { Has = _page.GetByText(new Regex($"^{name}(-[a-z]{{8}})?$")) }).First;

    private async Task<string> ShowsStateAsync(string name, Regex state)
    {
        await Row(name).Filter(new() { HasTextRegex = state }).WaitForAsync();
        return await Row(name).InnerTextAsync();
    }

    private Task PressAsync(string name, string command) => Row(name).Locator($"fluent-button[title^='{command}']").First.ClickAsync();

    private async Task<string> FirstRowAsync(string text)
    {
        var found = _page.Locator(Rows).Filter(new() { HasText = text }).First;
        await found.WaitForAsync();
        return await found.InnerTextAsync();
    }

    /// <summary>For people, below artifacts; the README's, when E2E_PICTURES names a folder, there.</summary>
    private async Task PictureAsync(string name)
    {
        await _page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Records, $"dashboard-{name}.png") });
        if (name == "resources" && Environment.GetEnvironmentVariable("E2E_PICTURES") is { Length: > 0 } folder)
        {
            await _page.ScreenshotAsync(new() { Path = Path.Combine(folder, "dashboard.png") });
        }
    }

    private static Regex Text(string text) => new(Regex.Escape(text));

    [GeneratedRegex("Exited|Finished|Stopped|Terminated")]
    private static partial Regex Ended();

    [GeneratedRegex(@"localhost:\d+ primary \d+-\d+")]
    private static partial Regex Primary();

    [GeneratedRegex(@"localhost:\d+ replica")]
    private static partial Regex Replica();
}
