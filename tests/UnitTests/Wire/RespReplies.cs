using System.Text;
using RedisCluster.Wire;
using Xunit;

namespace UnitTests.Wire;

/// <summary>What a server may send, well formed or not.</summary>
public sealed class RespReplies
{
    [Theory]
    [InlineData("+OK\r\n", "OK")]
    [InlineData("+\r\n", "")]
    [InlineData(":-12\r\n", "-12")]
    [InlineData("$5\r\na\r\nbc\r\n", "a\r\nbc")]
    [InlineData("$0\r\n\r\n", "")]
    [InlineData("$-1\r\n", "absent")]
    [InlineData("*-1\r\n", "absent")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n:1\r\n*2\r\n$-1\r\n-ERR no\r\n", "[1,[absent,-ERR no]]")]
    public async Task AReplyIsWhatItSays(string bytes, string reply) => Assert.Equal(reply, Describe(await ReadAsync(bytes)));

    [Theory]
    [InlineData("", "it closed the connection")]
    [InlineData("$5\r\nab", "it closed the connection")]
    [InlineData("*2\r\n:1\r\n", "it closed the connection")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "Expected a reply of the Redis protocol, found 'HTTP/1.1 400 Bad Request'.")]
    [InlineData("\r\n", "Expected a reply of the Redis protocol, found ''.")]
    [InlineData("$x\r\n", "Expected a reply of the Redis protocol, found '$x'.")]
    [InlineData("$-2\r\n", "Expected a reply of the Redis protocol, found '$-2'.")]
    [InlineData("$99999999999\r\n", "Expected a reply of the Redis protocol, found '$99999999999'.")]
    [InlineData("*99999999\r\n", "Expected a reply of the Redis protocol, found '*99999999'.")]
    [InlineData("$2\r\nabcd\r\n", "Expected a reply of the Redis protocol, found 'cd'.")]
    [InlineData("+OK\n", "Expected a reply of the Redis protocol, found '+OK\n'.")]
    public async Task WhatIsNoReplyBreaksTheConnection(string bytes, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<IOException>(() => ReadAsync(bytes))).Message);

    [Fact]
    public async Task ALineWithoutEndIsGivenUp() =>
        Assert.Equal("Expected a line of at most 65536 bytes, found a longer one.", (await Assert.ThrowsAsync<IOException>(() => ReadAsync($"+{new string('a', 200_000)}"))).Message);

    [Fact]
    public async Task ListsInListsAreGivenUpAtSomeDepth() => await Assert.ThrowsAsync<IOException>(() => ReadAsync(string.Concat(Enumerable.Repeat("*1\r\n", 100_000))));

    [Theory]
    [InlineData("$536870912\r\nabc")]
    [InlineData("*1048576\r\n:1\r\n")]
    public async Task MemoryIsTakenForWhatArrivesAndNotForWhatIsAnnounced(string bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    private static Task<Reply> ReadAsync(string bytes) => new RespReader(new MemoryStream(Encoding.UTF8.GetBytes(bytes))).ReadAsync(TestContext.Current.CancellationToken).AsTask();

    private static string Describe(Reply reply) =>
        ReferenceEquals(reply, Reply.Absent) ? "absent"
        : reply.Error is { } error ? $"-{error}"
        : reply.Bytes is not null ? reply.Text
        : $"[{string.Join(',', reply.Items.Select(Describe))}]";
}
