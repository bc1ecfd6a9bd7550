using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestration;

/// <summary>The links of a resource: one for each endpoint, those it was given, and what its callbacks make of them.</summary>
internal static class ResourceUrls
{
    /// <summary>Turns the endpoints, once allocated, into links and runs the callbacks; the result is annotated.</summary>
    public static async Task ProcessAsync(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        var given = resource.Annotations.OfType<ResourceUrlAnnotation>().ToArray();
        List<ResourceUrlAnnotation> urls = [.. resource.Annotations.OfType<EndpointAnnotation>().SelectMany(endpoint => Links((IResourceWithEndpoints)resource, endpoint)), .. given];
        var context = new ResourceUrlsCallbackContext(services.GetRequiredService<DistributedApplicationExecutionContext>(), resource, urls, cancellationToken)
        {
            Logger = services.GetRequiredService<ResourceLoggerService>().GetLogger(resource),
        };
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        foreach (var replaced in given)
        {
            resource.Annotations.Remove(replaced);
        }

        foreach (var url in urls)
        {
            if (url.Url.StartsWith('/') && url.Endpoint is { IsAllocated: true } endpoint)
            {
                url.Url = endpoint.Url + url.Url;
            }

            resource.Annotations.Add(url);
        }
    }

    /// <summary>The links as the dashboard shows them; those of endpoints only while the resource listens.</summary>
    public static ImmutableArray<UrlSnapshot> Snapshots(IResource resource, bool active) =>
    [
        .. resource.Annotations.OfType<ResourceUrlAnnotation>().Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, url.Url, url.DisplayLocation == UrlDisplayLocation.DetailsOnly)
        {
            IsInactive = url.Endpoint is not null && !active,
            DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? ""),
        }),
    ];

    private static IEnumerable<ResourceUrlAnnotation> Links(IResourceWithEndpoints resource, EndpointAnnotation endpoint)
    {
        if (endpoint.AllocatedEndpoint is not { } allocated)
        {
            yield break;
        }

        var reference = new EndpointReference(resource, endpoint);
        yield return new ResourceUrlAnnotation { Url = allocated.UriString, Endpoint = reference };

        // Whoever chose a host name, or all interfaces, wants to see what others can type.
        var otherHost = allocated.BindingMode != EndpointBindingMode.SingleAddress ? Environment.MachineName
            : allocated.Address.Equals(endpoint.TargetHost, StringComparison.OrdinalIgnoreCase) ? null : endpoint.TargetHost;
        if (otherHost is not null)
        {
            yield return new ResourceUrlAnnotation { Url = $"{allocated.UriScheme}://{otherHost}:{allocated.Port}", Endpoint = reference };
        }
    }
}
