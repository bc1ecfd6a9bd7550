namespace Aspire.Hosting.ApplicationModel;

/// <summary>A health check, by the name it has in the service collection, that decides whether the resource is healthy.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));
}

/// <summary>The resource starts only when someone asks for it.</summary>
public class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The state a resource has before anything happens to it.</summary>
public sealed class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot;
}

public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    public string IconName { get; } = iconName;

    public IconVariant IconVariant { get; } = iconVariant;
}

public enum IconVariant
{
    Regular,
    Filled,
}

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public string Type { get; } = type;
}

internal static class KnownRelationshipTypes
{
    public const string Parent = nameof(Parent);
    public const string Reference = nameof(Reference);
    public const string WaitFor = nameof(WaitFor);
}

/// <summary>What another resource must have reached before this one starts.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; } = exitCode;

    public WaitBehavior? WaitBehavior { get; init; }
}

public enum WaitType
{
    WaitUntilHealthy,
    WaitForCompletion,
    WaitUntilStarted,
}

/// <summary>What a wait does when the resource it waits for has failed.</summary>
public enum WaitBehavior
{
    /// <summary>Waits on: someone may start it again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Fails too.</summary>
    StopOnResourceUnavailable,
}

/// <summary>Which parts of a reference become environment variables.</summary>
internal sealed class EndpointReferenceAnnotation(IResourceWithEndpoints resource) : IResourceAnnotation
{
    public IResourceWithEndpoints Resource { get; } = resource;

    public bool UseAllEndpoints { get; set; }

    public HashSet<string> EndpointNames { get; } = new(StringComparer.OrdinalIgnoreCase);
}

public enum HiddenBehavior
{
    Always,
    OnCompletion,
}

public sealed class HiddenAnnotation(HiddenBehavior behavior) : IResourceAnnotation
{
    public HiddenBehavior Behavior { get; } = behavior;

    public IReadOnlyList<int> SuccessfulExitCodes { get; init; } = [0];
}
