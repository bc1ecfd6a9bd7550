using System.Globalization;
using System.Text;

namespace RedisCluster.Wire;

/// <summary>What a node answered: a text (a number is one too), a list, nothing, or an error.</summary>
internal sealed record Reply(byte[]? Bytes, IReadOnlyList<Reply> Items)
{
    /// <summary>The null of the protocol: a text or a list that is not there.</summary>
    public static readonly Reply Absent = new(null, []);

    /// <summary>The server's words when it refused; only ever seen inside a list, because a refused command throws.</summary>
    public string? Error { get; init; }

    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    /// <exception cref="FormatException">The text is not a whole number.</exception>
    public long Number => long.Parse(Text, CultureInfo.InvariantCulture);
}
