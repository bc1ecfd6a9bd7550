using Aspire.Hosting;
using Aspire.Hosting.Bundle;
using Xunit;

namespace UnitTests.Fallback;

public sealed class DcpBundleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bundle-test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("13.5.4+9c1b401dd67746739044f68959cbf4d3d7af93a6|151692424|626347593000000000", "13.5.4")]
    [InlineData("13.6.0-preview.1.26101.1+ab12|1|2", "13.6.0")]
    [InlineData("14.0", "14.0")]
    public void VersionStandsFirstInTheMarker(string marker, string version) => Assert.Equal(Version.Parse(version), InstalledBundle.ParseVersion(marker));

    [Fact]
    public void InstalledBundleIsUsedAsItIs()
    {
        var bundle = Install("13.5.0+ab|1|2");
        Assert.Equal(bundle, InstalledBundle.Find(_folder));
    }

    [Fact]
    public void OlderInstalledBundleIsNotUsed()
    {
        Install("13.4.2+ab|1|2");
        Assert.Null(InstalledBundle.Find(_folder));
    }

    [Fact]
    public async Task FetchedBundleIsUsedWithoutAWord()
    {
        var platform = NpmPackage.ForThisPlatform(AspireBundle.Version).Platform;
        var fetched = Write(Path.Combine(_folder, $"aspire-{platform}-{AspireBundle.Version}"));
        using var bundle = new AspireBundle(line => Assert.Fail(line), aspireHome: Path.Combine(_folder, "none"), cache: _folder);
        Assert.Equal(fetched, await bundle.GetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void UnknownPlatformIsToldWhichThereAre()
    {
        var failure = Assert.Throws<DistributedApplicationException>(() => NpmPackage.For("freebsd-x64", "13.5.4"));
        Assert.Equal(
            "There is no Aspire CLI for the platform 'freebsd-x64', only for linux-x64, linux-arm64, linux-musl-x64, osx-x64, osx-arm64, win-x64, win-arm64: run the AppHost on one of these.",
            failure.Message);
    }

    private BundleLocation Install(string marker)
    {
        File.WriteAllText(Path.Combine(_folder, ".aspire-bundle-version"), marker);
        return Write(Path.Combine(_folder, "bundle"));
    }

    private static BundleLocation Write(string folder)
    {
        var bundle = BundleLocation.In(folder);
        foreach (var program in new[] { bundle.DcpPath, bundle.DashboardPath })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(program)!);
            File.WriteAllText(program, "");
        }

        return bundle;
    }
}
