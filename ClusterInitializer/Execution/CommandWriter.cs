using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClusterInitializer.Execution;

/// <summary>Commands as nodes read them: <c>*2</c>, then <c>$7 CLUSTER</c> and <c>$5 NODES</c>, each on a line of its own.</summary>
internal static class CommandWriter
{
    /// <param name="buffer">Where the command is added.</param>
    /// <param name="command">Its words: texts, whole numbers, and bytes as they are.</param>
    public static void Write(ArrayBufferWriter<byte> buffer, object[] command)
    {
        WriteCount(buffer, '*', command.Length);
        foreach (var word in command)
        {
            var bytes = word as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(word, CultureInfo.InvariantCulture)!);
            WriteCount(buffer, '$', bytes.Length);
            buffer.Write(bytes);
            buffer.Write("\r\n"u8);
        }
    }

    private static void WriteCount(ArrayBufferWriter<byte> buffer, char kind, int count)
    {
        const int Longest = 16;
        var line = buffer.GetSpan(Longest);
        line[0] = (byte)kind;
        count.TryFormat(line[1..], out var length, provider: CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(line[(1 + length)..]);
        buffer.Advance(length + 3);
    }
}
