using System.Globalization;
using System.Text;

namespace ClusterInitializer.Execution;

/// <summary>What a node answered: a text (a number is one too), a list, or an error.</summary>
internal sealed record Reply(byte[]? Bytes, IReadOnlyList<Reply> Items, string? Error = null)
{
    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);

    public long Number => long.Parse(Text, CultureInfo.InvariantCulture);
}
