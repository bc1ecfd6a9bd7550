namespace Aspire.Hosting.ApplicationModel;

/// <summary>A new state of a resource, or of one of its replicas.</summary>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What waits do on a failed resource unless told otherwise.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
