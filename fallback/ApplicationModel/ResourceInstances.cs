using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The ids of what runs for a container, an executable or a project: one for each replica.</summary>
internal sealed class ResourceInstancesAnnotation(ImmutableArray<string> ids) : IResourceAnnotation
{
    public ImmutableArray<string> Ids { get; } = ids;
}

internal static class ResourceInstances
{
    private const string SuffixCharacters = "abcdefghjkmnpqrstuvwxyz";

    /// <summary>Gives a resource that runs its ids, once: the executor and the dashboard know its instances by them.</summary>
    public static void EnsureInstances(this IResource resource)
    {
        if (resource is IComputeResource && !resource.HasAnnotationOfType<ResourceInstancesAnnotation>())
        {
            resource.Annotations.Add(new ResourceInstancesAnnotation(
                [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => $"{resource.Name}-{RandomNumberGenerator.GetString(SuffixCharacters, 8)}")]));
        }
    }

    /// <summary>The ids under which the state and the logs of a resource are kept: those of its instances, else its name.</summary>
    public static ImmutableArray<string> GetInstanceIds(this IResource resource) =>
        resource.TryGetLastAnnotation<ResourceInstancesAnnotation>(out var instances) ? instances.Ids : [resource.Name];
}
