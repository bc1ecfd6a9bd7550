using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IntegrationTests.Servers;

/// <summary>Sees one command on its way to a node: <paramref name="send"/> brings it there and returns the node's reply; what is returned is what the client gets.</summary>
/// <exception cref="IOException">Thrown to break the connection.</exception>
internal delegate Task<byte[]> PassCommand(RedisNode node, string[] command, Func<Task<byte[]>> send);

/// <summary>Stands between a client and a node and sees each command with its reply, one at a time.</summary>
internal sealed class NodeProxy : IAsyncDisposable
{
    private readonly RedisNode _node;
    private readonly PassCommand _pass;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    public NodeProxy(RedisNode node, PassCommand pass)
    {
        _node = node;
        _pass = pass;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closed.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(_node.Address, _node.Port, _closed.Token);
                using var commands = new BufferedStream(client.GetStream());
                using var replies = new BufferedStream(server.GetStream());
                while (true)
                {
                    var words = new List<string>();
                    var command = await ReadAsync(commands, words);
                    var reply = await _pass(_node, [.. words], async () =>
                    {
                        await server.GetStream().WriteAsync(command, _closed.Token);
                        return await ReadAsync(replies, words: null);
                    });
                    await client.GetStream().WriteAsync(reply, _closed.Token);
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // One side is gone: closing the other is all there is to do.
            }
        }
    }

    private async Task<byte[]> ReadAsync(Stream from, List<string>? words)
    {
        using var message = new MemoryStream();
        await CopyAsync(from, message, words);
        return message.ToArray();
    }

    private async Task CopyAsync(Stream from, MemoryStream into, List<string>? words)
    {
        var line = await CopyLineAsync(from, into);
        var count = line[0] is '*' or '$' ? int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture) : -1;
        for (var item = 0; line[0] == '*' && item < count; item++)
        {
            await CopyAsync(from, into, words);
        }

        if (line[0] == '$' && count >= 0)
        {
            var text = new byte[count + 2];
            await from.ReadExactlyAsync(text, _closed.Token);
            into.Write(text);
            words?.Add(Encoding.UTF8.GetString(text.AsSpan(0, count)));
        }
    }

    private async Task<string> CopyLineAsync(Stream from, MemoryStream into)
    {
        var start = (int)into.Length;
        var next = new byte[1];
        do
        {
            await from.ReadExactlyAsync(next, _closed.Token);
            into.Write(next);
        }
        while (next[0] != '\n');

        return Encoding.UTF8.GetString(into.GetBuffer().AsSpan(start, (int)into.Length - start)).TrimEnd();
    }
}
