using System.Reflection;
using Microsoft.Playwright;

namespace Support;

/// <summary>A headless Chromium of this machine, driven by Playwright. Skips no test by itself: ask <see cref="Chromium"/> first.</summary>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>What a test says that is skipped, or fails when CI=true, because <see cref="Chromium"/> is null.</summary>
    public const string Missing = "No Chromium is on PATH: install chromium.";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>The browser's program; null when this machine has none.</summary>
    public static string? Chromium { get; } = Tool.Find("chromium") ?? Tool.Find("google-chrome") ?? Tool.Find("chrome");

    public static async Task<Browser> StartAsync()
    {
        // The driver stays in the package's folder: a copy beside the tests would be 120 MB for each project.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH",
            typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "PlaywrightPackage").Value);
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium ?? throw new InvalidOperationException(Missing),
                // Chromium's sandbox does not work for root, which CI machines often run as.
                ChromiumSandbox = !Environment.IsPrivilegedProcess,
            }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page in a context of its own.</summary>
    public async Task<BrowserPage> OpenAsync(Uri url, BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options);
        var page = new BrowserPage(await context.NewPageAsync());
        await page.Page.GotoAsync(url.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>One open page, what it wrote to the console as errors, and the addresses that it asked.</summary>
internal sealed class BrowserPage
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    internal BrowserPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Add(Errors, message.Text, message.Type == "error");
        page.PageError += (_, error) => Add(Errors, error, true);
        page.Request += (_, request) => Add(Requests, new Uri(request.Url), true);
    }

    public IPage Page { get; }

    public List<string> Errors { get; } = [];

    public List<Uri> Requests { get; } = [];

    /// <summary>Waits until an expression is true in the page, and returns the moment.</summary>
    /// <remarks>Asked from here again and again: a page whose policy forbids eval cannot do it by itself.</remarks>
    /// <exception cref="TimeoutException">It was not; with what the page showed instead.</exception>
    public async Task<DateTimeOffset> HoldsAsync(string expectation, string expression, TimeSpan? limit = null)
    {
        var deadline = DateTimeOffset.UtcNow + (limit ?? DefaultLimit);
        while (!await Page.EvaluateAsync<bool>($"Boolean({expression})"))
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new TimeoutException($"Expected within {limit ?? DefaultLimit}: {expectation}. Found: {await Page.InnerTextAsync("body")}\nNot true: {expression}");
            }

            await Task.Delay(5);
        }

        return DateTimeOffset.UtcNow;
    }

    private static void Add<T>(List<T> seen, T one, bool isWanted)
    {
        lock (seen)
        {
            if (isWanted)
            {
                seen.Add(one);
            }
        }
    }
}
