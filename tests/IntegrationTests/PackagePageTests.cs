using System.Runtime.CompilerServices;
using Xunit;

namespace IntegrationTests;

/// <summary>The code on a package's page is the template's, which is built and run from the packages, or README's or a test's.</summary>
public sealed class PackagePageTests
{
    [Theory]
    [InlineData("RedisCluster.Hosting", "README.md")]
    [InlineData("RedisCluster.Client", "templates/redis-cluster/RedisClusterApp.1.Api/Program.cs")]
    [InlineData("RedisCluster.Client.AspNetCore", "tests/IntegrationTests/Client/Packages/WiredApplication.cs")]
    [InlineData("RedisCluster.Testing", "templates/redis-cluster/RedisClusterApp.1.Tests/VisitTests.cs")]
    public void CodeOfThePageIsTested(string package, string tested) => DocumentedCode.AssertIsTested(FromRoot($"{package}/README.md"), FromRoot(tested));

    private static string FromRoot(string file, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../..", file);
}
