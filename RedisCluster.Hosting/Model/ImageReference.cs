using System.Text.RegularExpressions;

namespace RedisCluster.Hosting.Model;

/// <summary>A container image: <c>name</c>, <c>name:tag</c>, <c>registry/name:tag@sha256:digest</c>.</summary>
internal sealed partial record ImageReference(string? Registry, string Name, string? Tag, string? Sha256)
{
    /// <summary>The reference as an engine's command line takes it; an image without tag and digest is :latest.</summary>
    public override string ToString() =>
        $"{(Registry is null ? "" : Registry + "/")}{Name}{(Sha256 is null ? $":{Tag ?? "latest"}" : Tag is null ? "" : $":{Tag}")}{(Sha256 is null ? "" : $"@sha256:{Sha256}")}";

    public static ImageReference? TryParse(string? text)
    {
        if (Pattern.Match(text ?? "") is not { Success: true } match)
        {
            return null;
        }

        // Only a first part with a dot, a colon or the name localhost is a registry: library/redis is a name, localhost:5000/redis is not.
        var path = match.Groups["path"].Value;
        var first = path.IndexOf('/', StringComparison.Ordinal);
        var isRegistry = first > 0 && (path[..first] == "localhost" || path.AsSpan(0, first).IndexOfAny('.', ':') >= 0);
        var name = isRegistry ? path[(first + 1)..] : path;
        return name.Contains(':', StringComparison.Ordinal)
            ? null
            : new ImageReference(isRegistry ? path[..first] : null, name, Part(match, "tag"), Part(match, "digest"));
    }

    private static string? Part(Match match, string name) =>
        match.Groups[name] is { Success: true } part ? part.Value : null;

    [GeneratedRegex("""^(?<path>(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@sha256:(?<digest>[a-f0-9]{64}))?$""")]
    private static partial Regex Pattern { get; }
}
