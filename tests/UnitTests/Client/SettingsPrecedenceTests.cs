using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisCluster.Client;
using Xunit;

namespace UnitTests.Client;

/// <summary>Each rung wins over the ones before it: section, named section, connection string, code.</summary>
public sealed class SettingsPrecedenceTests
{
    private const string Section = "Aspire:RedisCluster:Client";

    [Theory]
    [InlineData("section:1", $"{Section}:ConnectionString")]
    [InlineData("named:1", $"{Section}:ConnectionString", $"{Section}:redis:ConnectionString")]
    [InlineData("strings:1", $"{Section}:redis:ConnectionString", "ConnectionStrings:redis")]
    public void TheLastOneWins(string expected, params string[] keys) =>
        Assert.Equal(expected, Read([.. keys.Select(key => (key, key == keys[^1] ? expected : "earlier:1"))]).ConnectionString);

    // Aspire writes both, and names an environment variable without a dash.
    [Fact]
    public void TheNameIsReadAsWrittenAndElseWithUnderscores()
    {
        Assert.Equal("alias:1", Read([("ConnectionStrings:my_db", "alias:1")], name: "my-db").ConnectionString);
        Assert.Equal("name:1", Read([("ConnectionStrings:my_db", "alias:1"), ("ConnectionStrings:my-db", "name:1")], name: "my-db").ConnectionString);
    }

    [Theory]
    [InlineData("a:1=section:1", $"{Section}:AddressMap")]
    [InlineData("a:1=named:1", $"{Section}:AddressMap", $"{Section}:my-db:AddressMap")]
    [InlineData("a:1=host:1", $"{Section}:my-db:AddressMap", "MY_DB_ADDRESSMAP")]
    public void TheLastAddressMapWins(string expected, params string[] keys)
    {
        var read = Read([.. keys.Select(key => (key, key == keys[^1] ? expected : "a:1=earlier:1")), ("ConnectionStrings:my-db", "a:1")], name: "my-db");
        Assert.Equal(expected, read.AddressMap);
        Assert.Equal("a:1=code:1", Read([(keys[^1], expected), ("ConnectionStrings:my-db", "a:1")], settings => settings.AddressMap = "a:1=code:1", name: "my-db").AddressMap);
    }

    [Fact]
    public void CodeWinsOverEverything() =>
        Assert.Equal("code:1", Read([("ConnectionStrings:redis", "strings:1")], settings => settings.ConnectionString = "code:1").ConnectionString);

    [Fact]
    public void ANamedSectionChangesOnlyWhatItNames()
    {
        var settings = Read([($"{Section}:CommandTimeout", "00:00:02"), ($"{Section}:RetryFor", "00:00:03"), ($"{Section}:redis:RetryFor", "00:00:04"), ("ConnectionStrings:redis", "a:1")]);

        Assert.Equal(TimeSpan.FromSeconds(2), settings.CommandTimeout);
        Assert.Equal(TimeSpan.FromSeconds(4), settings.RetryFor);
    }

    [Fact]
    public void KeyedClientsHaveSettingsOfTheirOwn()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:one", "one:1"), new("ConnectionStrings:two", "two:1")]);
        builder.AddRedisClusterClient("one");
        builder.AddKeyedRedisClusterClient("two", settings => settings.CommandTimeout = TimeSpan.FromSeconds(7));
        using var host = builder.Build();

        var settings = host.Services.GetRequiredService<IOptionsMonitor<RedisClusterClientSettings>>();
        Assert.Equal(("one:1", TimeSpan.FromSeconds(1)), (settings.CurrentValue.ConnectionString, settings.CurrentValue.CommandTimeout));
        Assert.Equal(("two:1", TimeSpan.FromSeconds(7)), (settings.Get("two").ConnectionString, settings.Get("two").CommandTimeout));
    }

    private static RedisClusterClientSettings Read((string Key, string Value)[] configuration, Action<RedisClusterClientSettings>? configure = null, string name = "redis")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(configuration.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value)));
        builder.AddRedisClusterClient(name, configure);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<RedisClusterClientSettings>>().Value;
    }
}
