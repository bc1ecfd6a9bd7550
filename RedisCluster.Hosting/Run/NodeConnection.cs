using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisCluster.Hosting.Run;

/// <summary>
/// One authenticated connection to one node, which a health check can open and drop every 25 ms. A driver would reconnect
/// behind our back, follow redirects and count a node as up that it remembers. One command at a time.
/// </summary>
internal sealed class NodeConnection : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _read;
    private int _filled;

    private NodeConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="NodeErrorException">The password is refused.</exception>
    public static async Task<NodeConnection> OpenAsync(int port, string password, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            var connection = new NodeConnection(socket);
            await connection.AskAsync(["AUTH", password], cancellationToken);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and returns its reply.</summary>
    /// <exception cref="NodeErrorException">The node answered with an error.</exception>
    /// <exception cref="IOException">The connection broke; it cannot be used any more.</exception>
    public async Task<NodeReply> AskAsync(IReadOnlyList<NodeArgument> command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encode(command), cancellationToken);
        var reply = await ReadReplyAsync(cancellationToken);
        return reply.Error is { } error ? throw new NodeErrorException(error) : reply;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static byte[] Encode(IReadOnlyList<NodeArgument> command)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.ASCII.GetBytes($"*{command.Count}\r\n"));
        foreach (var argument in command)
        {
            bytes.Write(Encoding.ASCII.GetBytes($"${argument.Bytes.Length}\r\n"));
            bytes.Write(argument.Bytes.Span);
            bytes.Write("\r\n"u8);
        }

        return bytes.ToArray();
    }

    // +OK   -ERR text   :12   $5\r\nbytes   $-1 (absent)   *2 followed by two replies
    private async Task<NodeReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        var rest = line[1..];
        switch (line[0])
        {
            case '+':
                return new NodeReply { Bytes = Encoding.UTF8.GetBytes(rest) };
            case '-':
                return new NodeReply { Error = rest };
            case ':':
                return new NodeReply { Number = long.Parse(rest, CultureInfo.InvariantCulture) };
            case '$':
                var length = int.Parse(rest, CultureInfo.InvariantCulture);
                return length < 0 ? NodeReply.Absent : new NodeReply { Bytes = await ReadBytesAsync(length, cancellationToken) };
            case '*':
                var items = new NodeReply[Math.Max(0, int.Parse(rest, CultureInfo.InvariantCulture))];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = await ReadReplyAsync(cancellationToken);
                }

                return new NodeReply { Items = items };
            default:
                throw new IOException($"A reply starts with '{line[0]}', which the protocol does not know.");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_read == _filled)
            {
                await FillAsync(cancellationToken);
            }

            var next = (char)_buffer[_read++];
            if (next == '\n' && line.Length > 1)
            {
                return line.ToString(0, line.Length - 1);
            }

            line.Append(next);
        }
    }

    private async Task<byte[]> ReadBytesAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length + 2];
        for (var done = 0; done < bytes.Length;)
        {
            if (_read == _filled)
            {
                await FillAsync(cancellationToken);
            }

            var part = Math.Min(_filled - _read, bytes.Length - done);
            _buffer.AsSpan(_read, part).CopyTo(bytes.AsSpan(done));
            _read += part;
            done += part;
        }

        return bytes[..length];
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _filled = await _stream.ReadAsync(_buffer, cancellationToken);
        _read = 0;
        if (_filled == 0)
        {
            throw new IOException("The node closed the connection.");
        }
    }
}
