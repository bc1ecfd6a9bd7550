namespace SampleApi.Map;

/// <summary>The part of a key that decides its slot: what stands between the first <c>{</c> and the next <c>}</c> if anything does, else the whole key.</summary>
internal static class HashedPart
{
    internal static (string Part, string Reason) Of(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open);
        return (open, close) switch
        {
            ( < 0, _) => (key, "No {hash tag}: the whole key is hashed."),
            (_, < 0) => (key, "The { is never closed, so it is no hash tag: the whole key is hashed."),
            _ when close == open + 1 => (key, "The {} is empty, so it is no hash tag: the whole key is hashed."),
            _ => (key[(open + 1)..close], "Only the hash tag is hashed: every key with the same tag is in the same slot, so commands and scripts may use them together."),
        };
    }
}
