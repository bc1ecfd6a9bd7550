using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using RedisCluster.Testing;
using Xunit;

namespace RedisClusterApp._1.Tests;

public sealed class VisitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VisitsAreCountedAcrossTheDeathOfAPrimary()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(1) }, Token);
        await using var api = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.UseSetting("ConnectionStrings:redis", cluster.ConnectionString));
        using var client = api.CreateClient();
        Assert.Equal(1, await VisitAsync(client));

        var primary = await cluster.PrimaryOfAsync("visits:home", Token);
        await cluster.KillAsync(primary, Token);

        Assert.Equal(1, await client.GetFromJsonAsync<long>("/visits/home", Token));
        await cluster.WaitForFailoverAsync(primary, Token);
        Assert.Equal(2, await VisitAsync(client));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", Token)).StatusCode);
    }

    private static async Task<long> VisitAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("/visits/home", content: null, Token);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<long>(Token);
    }
}
