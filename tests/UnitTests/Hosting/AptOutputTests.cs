using Xunit;

namespace UnitTests.Hosting;

public sealed class AptOutputTests
{
    [Theory]
    [InlineData("  Candidate: 5:7.0.15-1~deb12u10\n", "7.0.15")]
    [InlineData("valkey-server:\n  Installed: (none)\n  Candidate: 9.1.2+dfsg-1\n", "9.1.2")]
    [InlineData("  Candidate: 5:6.0.16-1ubuntu1\n", "6.0.16")]
    public void CandidateIsTheUpstreamVersion(string policy, string expected) =>
        Assert.Equal(Version.Parse(expected), PrivateApt.ReadCandidate(policy));

    [Theory]
    [InlineData("redis-server:\n  Installed: (none)\n  Candidate: (none)\n")]
    [InlineData("")]
    public void PackageThatNoSourceHasIsNoCandidate(string policy) =>
        Assert.Null(PrivateApt.ReadCandidate(policy));

    [Fact]
    public void OfAlternativesTheFirstIsTakenAndVirtualPackagesAreLeftOut() =>
        Assert.Equal(
            ["init-system-helpers", "libc6", "libjemalloc2", "redis-tools"],
            PrivateApt.ReadDepends(
                """
                redis-server
                  PreDepends: init-system-helpers
                  Depends: libc6
                    libc6.1
                 |Depends: libjemalloc2
                  Depends: libjemalloc1
                  Depends: <debconf-2.0>
                    debconf
                  Depends: redis-tools:any
                """));

    [Theory]
    [InlineData("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n", true, "sudo apt-get install redis-server")]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", false, "sudo dnf install valkey")]
    [InlineData("ID=nixos\n", false, null)]
    public void ReleaseDecidesWhetherPackagesAreUnpackedAndWhatIsAdvised(string osRelease, bool debianLike, string? install)
    {
        var release = LinuxRelease.Parse(osRelease);

        Assert.Equal((debianLike, install), (release.IsDebianLike, release.InstallCommand));
    }
}
