using Aspire.Hosting.Dcp;
using Xunit;

namespace UnitTests.Fallback;

public class DcpLogLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 9, 31, 27, 89, TimeSpan.Zero);

    [Fact]
    public void OutputLosesOnlyItsTime() =>
        Assert.Equal(new DcpLogLine(Time, "  ready at 7001", IsError: false), DcpLogLine.Parse("2026-11-23T09:31:27.089Z   ready at 7001", "stdout"));

    [Fact]
    public void EmptyLineStaysALine() => Assert.Equal(new DcpLogLine(Time, "", IsError: false), DcpLogLine.Parse("2026-11-23T09:31:27.089Z ", "stdout"));

    [Fact]
    public void ErrorStreamOfTheProgramIsError() => Assert.True(DcpLogLine.Parse("2026-11-23T09:31:27.089Z no", "stderr").IsError);

    // docker writes the progress of a pull there.
    [Fact]
    public void ErrorStreamOfTheContainerEngineIsNot() => Assert.False(DcpLogLine.Parse("2026-11-23T09:31:27.089Z Pulling", "startup_stderr").IsError);

    [Fact]
    public void SystemLineTellsTheReasonOfAFailedStart() => Assert.Equal(
        new DcpLogLine(Time, "[sys] Failed to start a process: no such file", IsError: true),
        DcpLogLine.Parse("2026-11-23T09:31:27.089Z\terror\tExecutableReconciler\tFailed to start a process\t{\"Cmd\": \"/x\", \"error\": \"no such file\"}", "system"));

    // The arguments of a program may contain what nobody should read.
    [Fact]
    public void SystemLineShowsNoArguments() => Assert.Equal(
        "[sys] Starting process...",
        DcpLogLine.Parse("2026-11-23T09:31:27.089Z\tinfo\tExecutableReconciler\tStarting process...\t{\"Args\": [\"--password\", \"x\"]}", "system").Text);

    [Fact]
    public void LineWithoutTimeIsKeptWhole() => Assert.Equal("plain text", DcpLogLine.Parse("plain text", "stdout").Text);
}
