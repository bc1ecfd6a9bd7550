using System.Globalization;
using System.Text;

namespace RedisCluster.Hosting.Run;

/// <summary>An argument of a command: text or bytes as they are.</summary>
internal readonly record struct NodeArgument(ReadOnlyMemory<byte> Bytes)
{
    public static implicit operator NodeArgument(string text) => new(Encoding.UTF8.GetBytes(text));

    public static implicit operator NodeArgument(byte[] bytes) => new(bytes);

    public static implicit operator NodeArgument(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A reply of a node: bytes, a number, items or nothing.</summary>
internal sealed record NodeReply
{
    public static readonly NodeReply Absent = new();

    public byte[]? Bytes { get; init; }

    public long? Number { get; init; }

    public IReadOnlyList<NodeReply>? Items { get; init; }

    public string? Error { get; init; }

    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);
}

/// <summary>A node answered with an error, for example <c>LOADING Redis is loading the dataset in memory</c>.</summary>
internal sealed class NodeErrorException(string error) : Exception(error)
{
    /// <summary>The first word, for example <c>LOADING</c> or <c>WRONGPASS</c>.</summary>
    public string Code { get; } = error.Split(' ')[0];
}
