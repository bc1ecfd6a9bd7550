using System.Xml.Linq;
using Xunit;

namespace EndToEndTests.Packages;

/// <summary>What is in the packages.</summary>
public sealed class PackageTests
{
    [Theory]
    [InlineData("RedisCluster", "")]
    [InlineData("RedisCluster.Servers", "RedisCluster")]
    [InlineData("RedisCluster.Hosting", "RedisCluster RedisCluster.Servers", "build/RedisCluster.Hosting.targets")]
    [InlineData("RedisCluster.Client", "RedisCluster", "ConfigurationSchema.json", "buildTransitive/RedisCluster.Client.targets")]
    [InlineData("RedisCluster.Client.AspNetCore", "RedisCluster.Client")]
    [InlineData("RedisCluster.Testing", "RedisCluster RedisCluster.Servers")]
    public async Task LibraryHasItsPageItsDocumentationAndItsSymbols(string id, string ours, params string[] further)
    {
        var (files, metadata) = await PackedFiles.ReadAsync(id);
        string[] expected = ["LICENSE", "README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml", .. further];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Content(id, files));
        AssertIsDescribed(metadata);

        // A package sees the internals of ours that it asks for: no other version will do.
        var dependencies = Named(metadata, "dependency").ToDictionary(dependency => (string)dependency.Attribute("id")!, dependency => (string)dependency.Attribute("version")!);
        Assert.Equal(
            ours.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(name => $"{name} [{PackedFiles.Version}]"),
            dependencies.Where(dependency => dependency.Key.StartsWith("RedisCluster", StringComparison.Ordinal)).Select(dependency => $"{dependency.Key} {dependency.Value}").Order(StringComparer.Ordinal));

        Assert.Equal([$"lib/net10.0/{id}.pdb"], Content(id, (await PackedFiles.ReadAsync(id, "snupkg")).Files));
    }

    [Fact]
    public async Task TemplateIsOneAndHasNoDependency()
    {
        var (files, metadata) = await PackedFiles.ReadAsync("RedisCluster.Templates");
        Assert.Contains("content/redis-cluster/.template.config/template.json", files);
        Assert.DoesNotContain(files, file => file.EndsWith(".dll", StringComparison.Ordinal) || file.Contains("/obj/", StringComparison.Ordinal));
        Assert.Equal("Template", (string?)Named(metadata, "packageType").Single().Attribute("name"));
        Assert.Empty(Named(metadata, "dependency"));
        AssertIsDescribed(metadata);
    }

    private static void AssertIsDescribed(XElement metadata)
    {
        Assert.Equal("MIT README.md icon.png", $"{Value("license")} {Value("readme")} {Value("icon")}");
        Assert.All(["description", "tags", "copyright"], name => Assert.NotEmpty(Value(name)));
        Assert.Matches("^[0-9a-f]{40}$", (string?)Named(metadata, "repository").Single().Attribute("commit"));

        string Value(string name) => Named(metadata, name).Single().Value;
    }

    private static IEnumerable<XElement> Named(XElement metadata, string name) => metadata.Descendants(metadata.Name.Namespace + name);

    private static IEnumerable<string> Content(string id, IEnumerable<string> files) =>
        files.Where(file => file != $"{id}.nuspec" && file != "[Content_Types].xml" && !file.StartsWith("_rels/", StringComparison.Ordinal) && !file.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
