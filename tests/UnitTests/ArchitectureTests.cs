using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace UnitTests;

/// <summary>Who may know whom: between projects by what they reference, between the floors of a project by the names in its sources.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["RedisCluster"] = [],
        ["RedisCluster.Servers"] = ["RedisCluster"],
        ["RedisCluster.Hosting"] = ["RedisCluster", "RedisCluster.Servers"],
        ["RedisCluster.Client"] = ["RedisCluster"],
        ["RedisCluster.Client.AspNetCore"] = ["RedisCluster.Client"],
        ["RedisCluster.Testing"] = ["RedisCluster", "RedisCluster.Servers"],
        ["ServiceDefaults"] = [],
        ["ClusterInitializer"] = ["ServiceDefaults", "RedisCluster"],
        ["SampleApi"] = ["ServiceDefaults", "RedisCluster.Client", "RedisCluster.Client.AspNetCore"],
        ["AppHost"] = ["RedisCluster.Hosting", "ClusterInitializer", "SampleApi"],
    };

    public static TheoryData<string, string[]> Projects => [.. Allowed.Select(project => new TheoryDataRow<string, string[]>(project.Key, project.Value))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferencesOnlyWhatItMayKnow(string project, string[] allowed) =>
        Assert.Empty(References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(allowed));

    [Fact]
    public void EveryProjectAtTheRootIsHere() =>
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Repository.Root).Select(folder => Path.GetFileName(folder)).Where(name => name != "bench" && File.Exists(ProjectFile(name))).Order(StringComparer.Ordinal));

    // The common ground runs in a test, in a program and in AppHost; what serves tests of every kind knows no test framework.
    [Theory]
    [InlineData("RedisCluster", "^(?!Microsoft.Extensions.Logging.Abstractions$)")]
    [InlineData("RedisCluster.Servers", "")]
    [InlineData("RedisCluster.Hosting", "^(?!Aspire.Hosting$|OpenTelemetry.Exporter.OpenTelemetryProtocol$)")]
    [InlineData("RedisCluster.Client", "^Aspire|^xunit|^Microsoft.AspNetCore|^Microsoft.Extensions.Caching")]
    [InlineData("RedisCluster.Client.AspNetCore", "^Aspire|^xunit")]
    [InlineData("RedisCluster.Testing", "")]
    [InlineData("ServiceDefaults", "Redis|^Aspire")]
    [InlineData("ClusterInitializer", "Redis|^Aspire")]
    [InlineData("SampleApi", "^Aspire")]
    [InlineData("bench", "^Aspire|^xunit")]
    [InlineData("tests/Support", "^Aspire|^xunit")]
    public void ProjectHasNoPackageOfAnotherTrade(string project, string banned) =>
        Assert.DoesNotContain(References(project, "PackageReference"), package => Regex.IsMatch(package, banned));

    // The packages' copies of its libraries, a patch newer, are not compiled ahead: each start would do it.
    [Theory]
    [InlineData("AppHost")]
    [InlineData("ClusterInitializer")]
    public void ProgramThatStartsOftenTakesTheLibrariesOfTheSharedFramework(string project) =>
        Assert.Equal(["Microsoft.AspNetCore.App"], References(project, "FrameworkReference"));

    // Each floor sees those before it. Planning decides, so it sees facts alone: no connection, no observer.
    [Theory]
    [InlineData("RedisCluster", "Topology", "")]
    [InlineData("RedisCluster", "Wire", "Topology")]
    [InlineData("RedisCluster", "Observing", "Topology Wire")]
    [InlineData("RedisCluster", "Planning", "Topology")]
    [InlineData("RedisCluster", "Execution", "Topology Wire Observing Planning")]
    [InlineData("RedisCluster.Hosting", "Model", "")]
    [InlineData("RedisCluster.Hosting", "Machine", "Model")]
    [InlineData("RedisCluster.Hosting", "Start", "Model Machine")]
    [InlineData("RedisCluster.Hosting", "Run", "Model Machine Start")]
    [InlineData("RedisCluster.Hosting", "Build", "Model Machine Start Run")]
    public void FloorSeesOnlyThoseBeforeIt(string project, string floor, string before)
    {
        // With no floor left above, a name that no floor has.
        var above = Folders(project).Except([floor, .. before.Split(' ')]).DefaultIfEmpty("-");

        // using RedisCluster.Hosting.Run; or Run.ClusterWatch, which namespaces of one root may say to each other.
        var names = new Regex($@"(?<![\w.])(?:{Regex.Escape(project)}\.)?({string.Join('|', above)})(?=[;.]\w?)");
        Assert.Empty(from file in Directory.GetFiles(Path.Combine(Repository.Root, project, floor), "*.cs", SearchOption.AllDirectories)
                     from line in File.ReadLines(file)
                     where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                     let name = names.Match(Quoted.Replace(line, ""))
                     where name.Success
                     select $"{Path.GetRelativePath(Repository.Root, file)}: {line.Trim()}");
    }

    [Theory]
    [InlineData("RedisCluster", "Execution Observing Planning Topology Wire")]
    [InlineData("RedisCluster.Hosting", "Build Machine Model Run Start")]
    public void EveryFolderIsAFloor(string project, string floors) => Assert.Equal(floors.Split(' '), Folders(project).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Folders(string project) =>
        Directory.GetDirectories(Path.Combine(Repository.Root, project)).Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj"));

    private static string[] References(string project, string kind) =>
        [.. XDocument.Load(ProjectFile(project)).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))];

    private static string ProjectFile(string project) =>
        Path.Combine(Repository.Root, project, $"{(project == "bench" ? "Bench" : Path.GetFileName(project))}.csproj");

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted { get; }
}
