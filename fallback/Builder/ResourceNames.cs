using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

internal static class ResourceNames
{
    /// <summary>Resources can also be put into the collection itself, past the check of AddResource.</summary>
    public static void ThrowOnDuplicates(IEnumerable<IResource> resources)
    {
        if (resources.GroupBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new DistributedApplicationException($"Multiple resources with the name '{duplicate.Key}'. Resource names are case-insensitive.");
        }
    }
}
