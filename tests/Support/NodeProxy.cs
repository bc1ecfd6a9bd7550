using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Support;

/// <summary>Sees one command on its way to a node: <paramref name="send"/> brings it there and returns the node's reply; what is returned is what the client gets.</summary>
/// <exception cref="IOException">Thrown to break the connection.</exception>
internal delegate Task<byte[]> PassCommand(RedisNode node, string[] command, Func<Task<byte[]>> send);

/// <summary>Stands between a client and a node and sees each command with its reply, one at a time.</summary>
internal sealed class NodeProxy : IAsyncDisposable
{
    private readonly RedisNode _node;
    private readonly PassCommand _pass;
    private readonly ConnectionListener _listener;

    public NodeProxy(RedisNode node, PassCommand pass)
    {
        (_node, _pass) = (node, pass);
        _listener = new ConnectionListener(node, port: 0, PassAsync);
    }

    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"localhost:{_listener.Port}");

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task PassAsync(NetworkStream client, NetworkStream server, CancellationToken closed)
    {
        using var commands = new BufferedStream(client);
        using var replies = new BufferedStream(server);
        while (true)
        {
            var words = new List<string>();
            var command = await ReadAsync(commands, words, closed);
            var reply = await _pass(_node, [.. words], async () =>
            {
                await server.WriteAsync(command, closed);
                return await ReadAsync(replies, words: null, closed);
            });
            await client.WriteAsync(reply, closed);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream from, List<string>? words, CancellationToken closed)
    {
        using var message = new MemoryStream();
        await CopyAsync(from, message, words, closed);
        return message.ToArray();
    }

    private static async Task CopyAsync(Stream from, MemoryStream into, List<string>? words, CancellationToken closed)
    {
        var line = await CopyLineAsync(from, into, closed);
        var count = line[0] is '*' or '$' ? int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture) : -1;
        for (var item = 0; line[0] == '*' && item < count; item++)
        {
            await CopyAsync(from, into, words, closed);
        }

        if (line[0] == '$' && count >= 0)
        {
            var text = new byte[count + 2];
            await from.ReadExactlyAsync(text, closed);
            into.Write(text);
            words?.Add(Encoding.UTF8.GetString(text.AsSpan(0, count)));
        }
    }

    private static async Task<string> CopyLineAsync(Stream from, MemoryStream into, CancellationToken closed)
    {
        var start = (int)into.Length;
        var next = new byte[1];
        do
        {
            await from.ReadExactlyAsync(next, closed);
            into.Write(next);
        }
        while (next[0] != '\n');

        return Encoding.UTF8.GetString(into.GetBuffer().AsSpan(start, (int)into.Length - start)).TrimEnd();
    }
}
