namespace Aspire.Hosting.ApplicationModel;

/// <summary>The parts of an image name such as <c>ghcr.io:443/valkey/valkey:8.1</c>.</summary>
internal sealed record ContainerImageName(string? Registry, string Image, string? Tag, string? Digest)
{
    private const string DigestMarker = "@sha256:";

    public static ContainerImageName Parse(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string? digest = null, tag = null, registry = null;
        if (name.IndexOf(DigestMarker, StringComparison.Ordinal) is >= 0 and var marker)
        {
            digest = name[(marker + DigestMarker.Length)..];
            name = name[..marker];
        }

        // A colon before the last slash belongs to the port of the registry.
        if (name.LastIndexOf(':') is >= 0 and var colon && colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
        }

        // The first part is a registry only when it looks like a host.
        if (name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && (name.AsSpan(0, slash).ContainsAny('.', ':') || name[..slash] == "localhost"))
        {
            registry = name[..slash];
            name = name[(slash + 1)..];
        }

        return new ContainerImageName(registry, name, tag, digest);
    }
}
