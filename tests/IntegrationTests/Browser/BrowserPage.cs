using System.Text.Json;
using Xunit;

namespace IntegrationTests.Browser;

/// <summary>One open page.</summary>
internal sealed class BrowserPage(Chromium browser, string name)
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    public string Name { get; } = name;

    /// <summary>Waits until an expression is true in the page, and returns the moment.</summary>
    public async Task<DateTimeOffset> HoldsAsync(string expectation, string expression, TimeSpan? limit = null)
    {
        try
        {
            var moment = await browser.AskAsync(new { @do = "wait", page = Name, expression, milliseconds = (limit ?? DefaultLimit).TotalMilliseconds });
            return DateTimeOffset.FromUnixTimeMilliseconds(moment.GetInt64());
        }
        catch (BrowserException exception)
        {
            Assert.Fail($"Expected within {limit ?? DefaultLimit}: {expectation}. Found: {await ReadAsync<string>("document.body.innerText")}\n{exception.Message}");
            throw; // Assert.Fail has thrown.
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<T> ReadAsync<T>(string expression) => (await browser.AskAsync(new { @do = "read", page = Name, expression })).Deserialize<T>(JsonSerializerOptions.Web)!;

    public Task FillAsync(string selector, string text) => browser.AskAsync(new { @do = "fill", page = Name, selector, text });

    public Task ClickAsync(string selector) => browser.AskAsync(new { @do = "click", page = Name, selector });

    public Task PressAsync(string key) => browser.AskAsync(new { @do = "press", page = Name, key });

    /// <summary>Saves the whole page as a picture.</summary>
    public Task PictureAsync(string path) => browser.AskAsync(new { @do = "picture", page = Name, path });

    /// <summary>What it wrote to the console as errors, and the addresses that it asked.</summary>
    public async Task<PageTraces> TracesAsync() => (await browser.AskAsync(new { @do = "seen", page = Name })).Deserialize<PageTraces>(JsonSerializerOptions.Web)!;
}

internal sealed record PageTraces(IReadOnlyList<string> Errors, IReadOnlyList<Uri> Requests);
