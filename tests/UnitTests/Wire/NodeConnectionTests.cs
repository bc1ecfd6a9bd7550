using System.Text;
using RedisCluster.Wire;
using Xunit;

namespace UnitTests.Wire;

public sealed class NodeConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RepliesComeInTheOrderOfTheCommands()
    {
        await using var server = new FakeServer(command => $"+{command}\r\n");
        await using var connection = await server.ConnectAsync(Token);
        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => connection.SendAsync(["ECHO", number], Token)));
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"ECHO {number}"), replies.Select(reply => reply.Text));
    }

    [Fact]
    public async Task AWaitThatIsCancelledOrTooLongShiftsNoReplies()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeServer(async (command, stream, token) =>
        {
            await (command == "SLOW" ? release.Task.WaitAsync(token) : Task.CompletedTask);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"+{command}\r\n"), token);
        });
        await using var connection = await server.ConnectAsync(Token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cancelled = connection.SendAsync(["SLOW"], end.Token);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var late = await Assert.ThrowsAsync<NodeUnreachableException>(() => connection.SendAsync(["SECRET", "x"], TimeSpan.FromMilliseconds(20), Token));
        Assert.Equal($"{server.Address} does not answer: no answer to SECRET within 0 s", late.Message);

        var next = connection.SendAsync(["NEXT"], Token);
        release.SetResult();
        Assert.Equal("NEXT", (await next).Text);
    }

    [Fact]
    public async Task ANodeThatClosesInTheMiddleOfAReplyDoesNotAnswer()
    {
        await using var server = new FakeServer(async (_, stream, token) =>
        {
            await stream.WriteAsync("$100\r\nabc"u8.ToArray(), token);
            stream.Close();
        });
        await using var connection = await server.ConnectAsync(Token);
        var exception = await Assert.ThrowsAsync<NodeUnreachableException>(() => connection.SendAsync(["CLUSTER", "NODES"], Token));
        Assert.Equal($"{server.Address} does not answer: no answer to CLUSTER NODES: it closed the connection", exception.Message);
        Assert.False(connection.IsOpen);
        await Assert.ThrowsAsync<NodeUnreachableException>(() => connection.SendAsync(["PING"], Token));
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory", true)]
    [InlineData("BUSY Redis is busy running a script.", true)]
    [InlineData("BUSYKEY Target key name already exists.", false)]
    [InlineData("MISCONF Redis is configured to save RDB snapshots", false)]
    public async Task ARefusalIsTheServersOwnWords(string error, bool passes)
    {
        await using var server = new FakeServer(_ => $"-{error}\r\n");
        await using var connection = await server.ConnectAsync(Token);
        var exception = await Assert.ThrowsAsync<NodeRefusedException>(() => connection.SendAsync(["MIGRATE", "a", 1, "key"], Token));
        Assert.Equal(($"{server.Address} refused MIGRATE: {error}", passes), (exception.Message, exception.IsTransient));
    }

    [Theory]
    [InlineData("-MISCONF no disk\r\n", "-EXECABORT Transaction discarded because of previous errors.\r\n", "MIGRATE: MISCONF no disk")]
    [InlineData("+QUEUED\r\n", "-EXECABORT Transaction discarded\r\n", "EXEC: EXECABORT Transaction discarded")]
    [InlineData("+QUEUED\r\n", "*2\r\n+OK\r\n-IOERR error or timeout\r\n", "MIGRATE: IOERR error or timeout")]
    [InlineData("+QUEUED\r\n", "*2\r\n+OK\r\n+OK\r\n", null)]
    public async Task ATransactionIsRefusedWithTheWordsForTheCommandThatWas(string queued, string executed, string? refusal)
    {
        await using var server = new FakeServer(command => command switch
        {
            "MULTI" => "+OK\r\n",
            "EXEC" => executed,
            "MIGRATE" => queued,
            _ => "+QUEUED\r\n",
        });
        await using var connection = await server.ConnectAsync(Token);
        var sent = connection.SendAtOnceAsync([["SETSLOT"], ["MIGRATE"]], TimeSpan.FromSeconds(5), Token);
        Assert.Equal(refusal is null ? null : $"{server.Address} refused {refusal}", (await Record.ExceptionAsync(() => sent))?.Message);
    }

    [Fact]
    public async Task AConnectionThatBrokeIsReplacedOnceForAllWhoNeedIt()
    {
        await using var server = new FakeServer(async (command, stream, token) =>
        {
            if (command == "QUIT")
            {
                stream.Close();
                return;
            }

            await stream.WriteAsync("+OK\r\n"u8.ToArray(), token);
        });
        await using var connections = new NodeConnections(user: null, password: null);
        var first = await connections.GetAsync(server.Address, TimeSpan.Zero, Token);
        await Assert.ThrowsAsync<NodeUnreachableException>(() => first.SendAsync(["QUIT"], Token));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connections.SendAsync(server.Address, ["SET"], Token)));
        var second = await connections.GetAsync(server.Address, TimeSpan.Zero, Token);
        Assert.True(second.IsOpen);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task ANodeThatComesUpSlowlyIsAskedLessOften()
    {
        var asked = 0;
        await using var server = new FakeServer(_ => ++asked <= 2 ? "-LOADING Redis is loading the dataset in memory\r\n" : "+OK\r\n");
        await using (await NodeConnection.OpenAsync(server.Address, user: null, "secret", TimeSpan.FromMinutes(1), Token))
        {
            Assert.Equal(3, asked);
        }

        asked = -1000;
        await Assert.ThrowsAsync<NodeUnreachableException>(() => NodeConnection.OpenAsync(server.Address, user: null, "secret", TimeSpan.FromSeconds(2), Token));
        Assert.InRange(asked + 1000, 20, 110); // 200 by the first pause, 20 by the last.
    }
}
