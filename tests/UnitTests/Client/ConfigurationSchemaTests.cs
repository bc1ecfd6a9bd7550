using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RedisCluster.Client;
using Xunit;

namespace UnitTests.Client;

/// <summary>ConfigurationSchema.json says of each setting what the code says.</summary>
public sealed class ConfigurationSchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Beside("ConfigurationSchema.json")))!
        ["properties"]!["Aspire"]!["properties"]!["RedisCluster"]!["properties"]!["Client"]!["properties"]!.AsObject();

    private static readonly XDocument Documentation = XDocument.Load(Beside("RedisCluster.Client.xml"));

    public static TheoryData<string> Settings => new(Properties().Select(property => property.Name));

    [Fact]
    public void EverySettingIsInTheSchemaAndNothingElse() =>
        Assert.Equal(Properties().Select(property => property.Name), Schema.Select(setting => setting.Key));

    [Theory]
    [MemberData(nameof(Settings))]
    public void ItHasTheTypeTheDefaultAndTheWordsOfTheCode(string name)
    {
        var property = typeof(RedisClusterClientSettings).GetProperty(name)!;
        var setting = Schema[name]!;
        Assert.Equal(TypeOf(property.PropertyType), (string?)setting["type"]);
        var value = property.GetValue(new RedisClusterClientSettings());
        Assert.Equal(value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture), setting["default"]?.ToString(), ignoreCase: true);
        Assert.Equal(SummaryOf(name), (string?)setting["description"]);
    }

    [Fact]
    public void ANumberHasTheRangeOfTheCode()
    {
        var range = typeof(RedisClusterClientSettings).GetProperty(nameof(RedisClusterClientSettings.ReplicaLagLimit))!.GetCustomAttribute<RangeAttribute>()!;
        var setting = Schema[nameof(RedisClusterClientSettings.ReplicaLagLimit)]!;
        Assert.Equal(((string)range.Minimum, (string)range.Maximum), (setting["minimum"]!.ToString(), setting["maximum"]!.ToString()));
    }

    private static PropertyInfo[] Properties() => typeof(RedisClusterClientSettings).GetProperties();

    private static string TypeOf(Type type) => type == typeof(bool) ? "boolean" : type == typeof(long) ? "integer" : "string";

    private static string SummaryOf(string name)
    {
        var member = Documentation.Descendants("member").Single(member => (string?)member.Attribute("name") == $"P:{typeof(RedisClusterClientSettings).FullName}.{name}");
        return Regex.Replace(member.Element("summary")!.Value, @"\s+", " ").Trim();
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
}
