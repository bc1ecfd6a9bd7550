using System.Net;
using IntegrationTests.Client;
using Microsoft.Playwright;
using Support;
using Xunit;

namespace IntegrationTests.SampleApi.Map;

public sealed class MapPageTests : ClusterTest
{
    private const string Whole = "document.body.dataset.state === 'whole'";
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private RedisNodes _nodes = null!;
    private ApiUnderTest _api = null!;

    private Uri Address => new(_api.Client.BaseAddress!, "/");

    public override async ValueTask InitializeAsync()
    {
        _nodes = await StartClusterAsync(nodeTimeoutMilliseconds: 1500);
        _api = ApiUnderTest.Start(_nodes);
    }

    [Fact]
    public async Task EveryFileOfThePageForbidsToAskAnybodyElse()
    {
        await using var api = _api;
        foreach (var path in new[] { "/", "/map/main.js", "/map/map.css", "/map/icon.svg" })
        {
            using var file = await api.Client.GetAsync(path, CancellationToken);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.StartsWith("default-src 'none';", Assert.Single(file.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(file.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact(DisableParallelization = true)]
    public async Task AFailoverMovesOnEveryOpenPageWithinASecond()
    {
        await using var api = _api;
        await using var browser = await StartBrowserAsync();
        var one = await browser.OpenAsync(Address, new() { ColorScheme = ColorScheme.Dark });
        var other = await browser.OpenAsync(Address, new() { ViewportSize = new() { Width = 390, Height = 844 }, ReducedMotion = ReducedMotion.Reduce });
        await Task.WhenAll(one.HoldsAsync("six nodes are shown", $"{Whole} && document.querySelectorAll('#nodes tr[data-node]').length === 6"), other.HoldsAsync("the page is drawn", Whole));
        Assert.Equal(6, await one.Page.EvaluateAsync<int>("document.querySelectorAll('#ring [data-node]').length"));
        Assert.False(await other.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "Expected nothing to be wider than a phone.");

        // Graceful.
        var sight = ClusterSight.FirstSightOfAsync(_nodes, promoted: _nodes[3]);
        await _nodes[3].AskAsync("CLUSTER", "FAILOVER");
        var seen = await Task.WhenAll(one.HoldsAsync("the replica is the primary", IsPrimary(_nodes[3])), other.HoldsAsync("the replica is the primary", IsPrimary(_nodes[3])));
        var promotedAt = await sight;
        Assert.All(seen, moment => Assert.InRange(moment - promotedAt, -OneSecond, OneSecond));

        // Killed.
        sight = ClusterSight.FirstSightOfAsync(_nodes, promoted: _nodes[4], except: _nodes[1]);
        var killedAt = DateTimeOffset.UtcNow;
        await _nodes[1].KillAsync();
        var lostAt = await one.HoldsAsync("the slots are not served", "document.body.dataset.state === 'broken'");
        Assert.InRange(lostAt - killedAt, TimeSpan.Zero, OneSecond);
        var moment = await one.HoldsAsync("its replica is the primary", IsPrimary(_nodes[4]));
        Assert.InRange(moment - await sight, -OneSecond, OneSecond);
        await one.HoldsAsync("it is said aloud", $"document.getElementById('announcement').textContent.includes('{_nodes[4].EndPoint} took over from {_nodes[1].EndPoint}.')");
        await other.HoldsAsync("the other page shows it too", IsPrimary(_nodes[4]));

        await _nodes[1].StartAsync();
        await one.HoldsAsync("the cluster is whole again", Whole);
        AssertClean(one);
        AssertClean(other);
    }

    [Fact]
    public async Task SlotsThatMoveAndAShardThatJoinsAreSeen()
    {
        await using var api = _api;
        await using var browser = await StartBrowserAsync();
        var page = await browser.OpenAsync(Address, new() { ViewportSize = new() { Width = 1440, Height = 1000 } });
        await page.HoldsAsync("the page is drawn", Whole);

        await FormedCluster.MoveSlotsAsync([.. _nodes.All.Take(3)], 0, 99, owner: _nodes[1]);
        await page.HoldsAsync("the move is told", "document.getElementById('story').textContent.includes('100 slots moved from shard 1 to shard 2.')");
        await page.HoldsAsync("the shards have their new slots", Slots("shard-1", "100–5460 · 5,361") + " && " + Slots("shard-2", "0–99, 5461–10922 · 5,562"));

        var (primary, replica) = await FormedCluster.AddShardAsync(_nodes);
        await page.HoldsAsync("two nodes joined", $"document.getElementById('story').textContent.includes('{primary.EndPoint}') && document.getElementById('story').textContent.includes('{replica.EndPoint}') && document.querySelectorAll('#ring [data-node]').length === 8");
        await FormedCluster.MoveSlotsAsync([.. _nodes.All.Take(3), primary], 12000, 12999, owner: primary);
        await page.HoldsAsync("the new shard has its slots", Slots("shard-4", "12000–12999 · 1,000"));
        await page.HoldsAsync("every node is reached, and the cluster is whole", $"{Whole} && document.getElementById('verdict-text').textContent === 'Healthy · 8 of 8 nodes'");
        // The replica has none where the driver met it before its shard had slots: it connects with such a node at the first command.
        await page.HoldsAsync("the new primary has figures", "document.querySelector('#nodes .shard-4 .memory').textContent.includes('MiB')");
        AssertClean(page);
    }

    [Fact]
    public async Task AKeyIsPlacedABurstLandsAndAllNodesMayRestart()
    {
        await using var api = _api;
        await using var browser = await StartBrowserAsync();
        var page = await browser.OpenAsync(Address);
        await page.HoldsAsync("the page is drawn", Whole);

        await page.Page.FillAsync("#key", "cart:{user:42}:items");
        var slot = (await _nodes[0].AskAsync("CLUSTER", "KEYSLOT", "user:42")).Number;
        await page.HoldsAsync("slot and node are shown", $"document.getElementById('key-place').innerText.includes('Slot {slot}') && document.querySelector('#ring .pin text').textContent === '{slot}'");
        Assert.Equal("user:42", await page.Page.EvaluateAsync<string>("document.querySelector('#key-place mark').textContent"));
        Assert.Equal((await FormedCluster.PrimaryOfAsync(_nodes, _nodes[0], "{user:42}")).EndPoint, await page.Page.EvaluateAsync<string>("document.querySelector('#key-place .address').textContent"));

        // By keyboard: the buttons follow the input.
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.HoldsAsync("the burst landed on three shards", "document.querySelectorAll('#burst dd .number').length === 3");
        Assert.Equal(100, await page.Page.EvaluateAsync<int>("[...document.querySelectorAll('#burst dd .number')].reduce((sum, cell) => sum + Number(cell.textContent), 0)"));
        Assert.Equal("100 keys", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Page.ClickAsync("[data-one-tag]");
        await page.HoldsAsync("all keys are in one slot", "[...document.querySelectorAll('#ring .bin')].filter((bin) => bin.style.getPropertyValue('--length') !== '0').length === 1");

        await Task.WhenAll(_nodes.All.Select(node => node.KillAsync()));
        await page.HoldsAsync("the page says that the cluster is down", "document.body.dataset.state === 'down' && !document.getElementById('banner').hidden");
        await Task.WhenAll(_nodes.All.Select(node => node.StartAsync()));
        await page.HoldsAsync("the page recovers by itself", $"{Whole} && document.getElementById('banner').hidden", TimeSpan.FromSeconds(30));
        AssertClean(page);
    }

    private static string IsPrimary(RedisNode node) =>
        $"[...document.querySelectorAll('#nodes tr[data-node]')].some((row) => row.querySelector('.address').textContent === '{node.EndPoint}' && row.querySelector('.role').textContent === 'primary')";

    private static string Slots(string shard, string text) => $"document.querySelector('#nodes .{shard} .slots')?.textContent === 'slots {text}'";

    private static async Task<Browser> StartBrowserAsync()
    {
        Runner.Require(Browser.Chromium is not null, Browser.Missing);
        return await Browser.StartAsync();
    }

    private void AssertClean(BrowserPage page)
    {
        Assert.Empty(page.Errors);
        Assert.All(page.Requests, request => Assert.Equal(Address.Authority, request.Authority));
        Assert.Single(page.Requests, request => request.AbsolutePath == "/map/events"); // pushed, not polled
    }
}
