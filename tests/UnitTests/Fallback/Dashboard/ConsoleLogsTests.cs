using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Xunit;

namespace UnitTests.Fallback.Dashboard;

public class ConsoleLogsTests
{
    [Fact]
    public void LinesKeepNumberTextAndStream()
    {
        var message = Assert.Single(ConsoleLogs.ToMessages([new LogLine(1, "out", false), new LogLine(2, "err", true)]));

        Assert.Equal([(1, "out", false), (2, "err", true)], message.LogLines.Select(line => (line.LineNumber, line.Text, line.IsStdErr)));
    }

    // gRPC refuses messages of 4 MiB.
    [Fact]
    public void NoMessageIsLongerThanTheBound()
    {
        var text = new string('x', ConsoleLogs.MaxCharacters / 2);

        var messages = ConsoleLogs.ToMessages([.. Enumerable.Range(1, 5).Select(number => new LogLine(number, text, false)), new LogLine(6, text + text + text, false)]).ToArray();

        Assert.Equal([[1, 2], [3, 4], [5], [6]], messages.Select(message => message.LogLines.Select(line => line.LineNumber).ToArray()));
        Assert.All(messages, message => Assert.InRange(message.LogLines.Sum(line => line.Text.Length), 1, ConsoleLogs.MaxCharacters));
    }
}
