using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace IntegrationTests.Browser;

/// <summary>A headless Chromium of this machine, driven over the standard streams of a script. Where a tool is missing the test is skipped with the reason, or fails when CI=true.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    // Longer than any wait of a page, which has a limit and a sentence of its own.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Process _script;
    private int _pages;

    private Chromium(Process script) => _script = script;

    public static async Task<Chromium> StartAsync()
    {
        var chromium = Find("chromium") ?? Find("google-chrome") ?? Find("chrome");
        Require(chromium is not null, "No Chromium is on PATH: install chromium.");
        Require(Find("node") is not null && Find("npm") is not null, "node or npm is not on PATH: install Node.js with npm.");
        var start = new ProcessStartInfo("node", ["browser.mjs", chromium!])
        {
            WorkingDirectory = await BrowserPackages.InstalledAsync(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new Chromium(Process.Start(start) ?? throw new InvalidOperationException("Expected node to start."));
    }

    /// <summary>Opens a page in a context of its own.</summary>
    /// <param name="url">Its address.</param>
    /// <param name="options">As Playwright's options for a new context: viewport, colorScheme, reducedMotion.</param>
    public async Task<BrowserPage> OpenAsync(Uri url, object? options = null)
    {
        var page = new BrowserPage(this, $"page {++_pages}");
        await AskAsync(new { @do = "open", page = page.Name, url, options = options ?? new { } });
        return page;
    }

    internal async Task<JsonElement> AskAsync(object command)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _script.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
            await _script.StandardInput.FlushAsync(cancellationToken);
            var line = await _script.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(AnswerLimit, cancellationToken);
            Assert.True(line is not null, "The browser's script ended: its error output is above.");
            var answer = JsonSerializer.Deserialize<JsonElement>(line);
            return answer.TryGetProperty("error", out var error) ? throw new BrowserException(error.GetString()!) : answer.GetProperty("value");
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _script.StandardInput.Close();
        try
        {
            await _script.WaitForExitAsync(CancellationToken.None).WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            _script.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            _script.Dispose();
            _turn.Dispose();
        }
    }

    private static string? Find(string file) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    private static void Require(bool condition, string otherwise)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.True(condition, otherwise);
        }

        Assert.SkipUnless(condition, otherwise);
    }
}

/// <summary>The browser could not do what it was told; the message is Playwright's.</summary>
internal sealed class BrowserException(string message) : Exception(message);
