using System.Globalization;
using System.Text;

namespace RedisCluster.Wire;

/// <summary>
/// Reads replies of the Redis protocol, version 2 (https://redis.io/docs/latest/develop/reference/protocol-spec/). What a server may claim is bounded:
/// memory is taken as bytes arrive, not as they are announced.
/// </summary>
internal sealed class RespReader(Stream stream)
{
    private const int LongestLine = 64 * 1024;
    private const int LongestText = 512 * 1024 * 1024;
    private const int LongestList = 1024 * 1024;
    private const int DeepestList = 32;
    private const int TextBlock = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _read;
    private int _filled;

    /// <exception cref="IOException">The connection ended, or what came is not the protocol.</exception>
    public ValueTask<Reply> ReadAsync(CancellationToken cancellationToken) => ReadAsync(depth: 0, cancellationToken);

    // +OK   -ERR text   :12   $5\r\nbytes   $-1 (absent)   *2 followed by two replies   *-1 (absent)
    private async ValueTask<Reply> ReadAsync(int depth, CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        switch (line.Length > 0 ? (char)line[0] : ' ')
        {
            case '+' or ':':
                return new Reply(line[1..], []);
            case '-':
                return new Reply(null, []) { Error = Encoding.UTF8.GetString(line, 1, line.Length - 1) };
            case '$':
                var length = Length(line, LongestText);
                return length < 0 ? Reply.Absent : new Reply(await ReadTextAsync(length, cancellationToken), []);
            case '*' when depth < DeepestList:
                var count = Length(line, LongestList);
                var items = new List<Reply>(Math.Clamp(count, 0, 1024));
                for (var i = 0; i < count; i++)
                {
                    items.Add(await ReadAsync(depth + 1, cancellationToken));
                }

                return count < 0 ? Reply.Absent : new Reply(null, items);
            default:
                throw Unexpected(line);
        }
    }

    private static int Length(byte[] line, int most) =>
        int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length) && length >= -1 && length <= most
            ? length
            : throw Unexpected(line);

    private static IOException Unexpected(byte[] line) =>
        new($"Expected a reply of the Redis protocol, found '{Encoding.ASCII.GetString(line, 0, Math.Min(line.Length, 80))}'.");

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        byte[] line = [];
        while (true)
        {
            if (_read == _filled)
            {
                await FillAsync(cancellationToken);
            }

            var end = _buffer.AsSpan(_read, _filled - _read).IndexOf((byte)'\n');
            var part = _buffer.AsSpan(_read, end < 0 ? _filled - _read : end + 1);
            line = line.Length == 0 ? part.ToArray() : [.. line, .. part];
            _read += part.Length;
            if (end >= 0)
            {
                return line.AsSpan().EndsWith("\r\n"u8) ? line[..^2] : throw Unexpected(line);
            }

            if (line.Length > LongestLine)
            {
                throw new IOException($"Expected a line of at most {LongestLine} bytes, found a longer one.");
            }
        }
    }

    private async ValueTask<byte[]> ReadTextAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(length, TextBlock)];
        for (var done = 0; done < length;)
        {
            if (_read == _filled)
            {
                await FillAsync(cancellationToken);
            }

            if (done == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
            }

            var part = Math.Min(_filled - _read, bytes.Length - done);
            _buffer.AsSpan(_read, part).CopyTo(bytes.AsSpan(done));
            _read += part;
            done += part;
        }

        var rest = await ReadLineAsync(cancellationToken);
        return rest.Length == 0 ? bytes : throw Unexpected(rest);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _filled = await stream.ReadAsync(_buffer, cancellationToken);
        _read = 0;
        if (_filled == 0)
        {
            throw new IOException("it closed the connection");
        }
    }
}
