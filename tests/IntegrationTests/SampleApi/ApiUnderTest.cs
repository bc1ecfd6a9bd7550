using System.Net;
using IntegrationTests.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SampleApi.Cluster;
using Support;

namespace IntegrationTests.SampleApi;

/// <summary>The whole API on a real socket: what the path and the body are on the wire matters here.</summary>
internal sealed class ApiUnderTest : IAsyncDisposable
{
    // Any type of the API's assembly names its entry point.
    private readonly WebApplicationFactory<ClusterReport> _factory;

    private ApiUnderTest(WebApplicationFactory<ClusterReport> factory)
    {
        _factory = factory;
        Client = factory.CreateClient();
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _factory.Services;

    public static ApiUnderTest Start(RedisNodes nodes, params (string Key, string Value)[] settings) => Start(nodes, _ => { }, settings);

    /// <summary>With services of the test beside those of the API.</summary>
    public static ApiUnderTest Start(RedisNodes nodes, Action<IServiceCollection> services, params (string Key, string Value)[] settings)
    {
        var factory = new ConfiguredFactory(web =>
        {
            web.UseSetting("ConnectionStrings:redis", FormedCluster.ConnectionString(nodes));
            foreach (var (key, value) in settings)
            {
                web.UseSetting(key, value);
            }

            web.ConfigureServices(services);
        });

        // Not UseKestrel(0): it sets the port while the program may already be starting the server.
        factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        factory.StartServer();
        return new ApiUnderTest(factory);
    }

    /// <summary>Returns when the instance may be given work.</summary>
    public Task HealthyAsync() => Eventually.HoldsAsync("the API is healthy", async token => (await Client.GetAsync("/health", token)).IsSuccessStatusCode);

    /// <summary>Ends the application as Ctrl-C does, with the connections of callers still open.</summary>
    public Task StopAsync() => Services.GetRequiredService<IHost>().StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _factory.DisposeAsync();
    }

    private sealed class ConfiguredFactory(Action<IWebHostBuilder> configure) : WebApplicationFactory<ClusterReport>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => configure(builder);
    }
}
