using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Logging;
using Xunit;

namespace UnitTests.Fallback.Dashboard;

public class DashboardLogLineTests
{
    [Fact]
    public void LevelAndMessageAreReadFromJson() =>
        Assert.Equal(
            new DashboardLogLine(LogLevel.Information, "Now listening on: http://localhost:15180"),
            DashboardLogLine.Parse("""2026-11-23T09:41:50.123Z {"EventId":14,"LogLevel":"Information","Category":"Microsoft.Hosting.Lifetime","Message":"Now listening on: http://localhost:15180"}""", isError: false));

    [Fact]
    public void AnExceptionFollowsItsMessage() =>
        Assert.Equal(
            new DashboardLogLine(LogLevel.Error, $"It broke{Environment.NewLine}System.Exception: why"),
            DashboardLogLine.Parse("""{"LogLevel":"Error","Message":"It broke","Exception":"System.Exception: why"}""", isError: false));

    [Theory]
    [InlineData("Unhandled exception. {really}")]
    [InlineData("2026-11-23T09:41:50.123Z Unhandled exception. {really}")]
    public void WhatACrashWritesIsAnError(string line) =>
        Assert.Equal(new DashboardLogLine(LogLevel.Error, "Unhandled exception. {really}"), DashboardLogLine.Parse(line, isError: true));

    [Fact]
    public void OtherTextIsNoError() =>
        Assert.Equal(new DashboardLogLine(LogLevel.Information, "hello"), DashboardLogLine.Parse("hello", isError: false));
}
