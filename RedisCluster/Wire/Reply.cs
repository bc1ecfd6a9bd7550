using System.Globalization;
using System.Text;

namespace RedisCluster.Wire;

/// <summary>What a node answered: a text (a number is one too) or a list.</summary>
internal sealed record Reply(byte[]? Bytes, IReadOnlyList<Reply> Items)
{
    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    public long Number => long.Parse(Text, CultureInfo.InvariantCulture);
}
