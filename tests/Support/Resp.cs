using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Support;

/// <summary>
/// The smallest possible client: one connection, one command at a time. It looks at a node without the driver under test and without
/// a reconnecting connection that would notice (or hide) what a test does to the node.
/// </summary>
internal sealed class Resp : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private NetworkStream? _network;
    private BufferedStream? _replies;

    private Resp()
    {
    }

    public static async Task<Resp> ConnectAsync(string address, int port, string? password, CancellationToken cancellationToken)
    {
        var connection = new Resp();
        try
        {
            await connection._client.ConnectAsync(address, port, cancellationToken);
            connection._network = connection._client.GetStream();
            connection._replies = new BufferedStream(connection._network, 64 * 1024);
            if (password is not null)
            {
                await connection.SendAsync(["AUTH", password], cancellationToken);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A string, a long, null, or an array of these.</summary>
    /// <exception cref="InvalidOperationException">The server answered with an error, which is the message.</exception>
    public async Task<object?> SendAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var part in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        }

        await _network!.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    public void Dispose()
    {
        _client.Dispose();
    }

    private async Task<object?> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        switch (line[0])
        {
            case '+':
                return line[1..];
            case '-':
                throw new InvalidOperationException(line[1..]);
            case ':':
                return long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
            case '$' when line == "$-1":
            case '*' when line == "*-1":
                return null;
            case '$':
                var text = new byte[int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture) + 2];
                await _replies!.ReadExactlyAsync(text, cancellationToken);
                return Encoding.UTF8.GetString(text.AsSpan(0, text.Length - 2));
            case '*':
                var items = new object?[int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = await ReadAsync(cancellationToken);
                }

                return items;
            default:
                throw new InvalidDataException($"Expected a RESP2 reply, found '{line}'.");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (true)
        {
            await _replies!.ReadExactlyAsync(next, cancellationToken);
            if (next[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(next[0]);
        }
    }
}
