using System.Globalization;
using System.Text;

namespace ClusterInitializer.Execution;

/// <summary>
/// Reads answers one after the other, in the protocol that every server speaks without being asked for another (RESP2):
/// <code>
/// +OK                      -ERR unknown command     :17                 a number
/// $5 and a line of 5 bytes                          $-1                 nothing
/// *2 and two answers                                *-1                 nothing
/// </code>
/// </summary>
internal sealed class ReplyReader(Stream stream)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <exception cref="IOException">The connection broke, or the node closed it.</exception>
    /// <exception cref="FormatException">An answer is not as above.</exception>
    public async ValueTask<Reply> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        switch (line)
        {
            case [(byte)'+' or (byte)':', ..]:
                return new Reply(line[1..], []);
            case [(byte)'-', ..]:
                return new Reply(null, [], Encoding.UTF8.GetString(line.AsSpan(1)));
            case [(byte)'$', ..]:
                return Count(line) is var length and >= 0 ? new Reply(await ReadBytesAsync(length, cancellationToken), []) : new Reply(null, []);
            case [(byte)'*', ..]:
                var items = new Reply[Math.Max(0, Count(line))];
                for (var item = 0; item < items.Length; item++)
                {
                    items[item] = await ReadAsync(cancellationToken);
                }

                return new Reply(null, items);
            default:
                throw new FormatException($"Expected an answer that begins with one of + - : $ *, found '{Encoding.UTF8.GetString(line)}'.");
        }
    }

    private static int Count(byte[] line) => int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new FormatException($"Expected a length, found '{Encoding.UTF8.GetString(line)}'.");

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        for (var searched = 0; ;)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                return Take(searched + length);
            }

            // The line may end between its two last bytes.
            searched = Math.Max(0, _end - _start - 1);
            await ReadMoreAsync(cancellationToken);
        }
    }

    private async ValueTask<byte[]> ReadBytesAsync(int length, CancellationToken cancellationToken)
    {
        while (_end - _start < length + 2)
        {
            await ReadMoreAsync(cancellationToken);
        }

        return Take(length);
    }

    private byte[] Take(int length)
    {
        var taken = _buffer.AsSpan(_start, length).ToArray();
        _start += length + 2;
        return taken;
    }

    private async ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count > 0 ? count : throw new EndOfStreamException("it closes the connection");
    }
}
