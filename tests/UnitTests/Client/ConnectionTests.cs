using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisCluster.Client;
using StackExchange.Redis;
using Xunit;

namespace UnitTests.Client;

public sealed class ConnectionTests
{
    [Fact]
    public void AnAttemptThatFailedIsRepeatedForTheNextWhoAsks()
    {
        ConfigurationOptions? options = null;
        var host = Application(configure: null, configured => (options = configured).EndPoints.Clear());
        Assert.Throws<ArgumentException>(host.Services.GetRequiredService<IConnectionMultiplexer>);
        options!.EndPoints.Add("localhost:1");
        options.ConnectTimeout = 100;
        Assert.False(host.Services.GetRequiredService<IConnectionMultiplexer>().IsConnected);
        host.Dispose();
    }

    [Fact]
    public async Task AnAttemptThatFailedDoesNotFailTheEndOfTheApplication()
    {
        var host = Application(configure: null, configured => configured.EndPoints.Clear());
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    [Fact]
    public async Task NothingThatKeepsAnApplicationFromStartingBeforeItsClusterIsTakenFromCode()
    {
        using var host = Application(configure: null, options => (options.AllowAdmin, options.AbortOnConnectFail) = (true, true));
        var problems = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Collection(
            problems.Failures,
            problem => Assert.StartsWith("AllowAdmin was set in code", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("AbortOnConnectFail was set in code", problem, StringComparison.Ordinal));
    }

    // Each would have half of the settings of the other, and health checks of one name fail at their first run.
    [Fact]
    public void AClientIsAddedOnce()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddRedisClusterClient("redis");
        builder.AddKeyedRedisClusterClient("redis");
        builder.AddKeyedRedisClusterClient("sessions");
        Assert.Contains("Use AddKeyedRedisClusterClient", Assert.Throws<InvalidOperationException>(() => builder.AddRedisClusterClient("other")).Message, StringComparison.Ordinal);
        Assert.Contains("for sessions", Assert.Throws<InvalidOperationException>(() => builder.AddKeyedRedisClusterClient("sessions")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheStartConnectsUnlessThatIsSwitchedOff(bool isOff)
    {
        using var host = Application(settings => settings.DisableAutoActivation = isOff, configureOptions: null);
        Assert.Equal(!isOff, host.Services.GetServices<IHostedService>().Any(service => service is ConnectingAtStart));
    }

    private static IHost Application(Action<RedisClusterClientSettings>? configure, Action<ConfigurationOptions>? configureOptions)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", "localhost:1")]);
        builder.AddRedisClusterClient("redis", configure, configureOptions);
        return builder.Build();
    }
}
