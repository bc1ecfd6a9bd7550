using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithUrls<T>(this IResourceBuilder<T> builder, Action<ResourceUrlsCallbackContext> callback) where T : IResource =>
        builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(callback));

    public static IResourceBuilder<T> WithUrls<T>(this IResourceBuilder<T> builder, Func<ResourceUrlsCallbackContext, Task> callback) where T : IResource =>
        builder.WithAnnotation(new ResourceUrlsCallbackAnnotation(callback));

    /// <summary>Adds a link; a relative one is applied to every link of the resource.</summary>
    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, string url, string? displayText = null) where T : IResource =>
        !Uri.TryCreate(url, UriKind.Relative, out var relative)
            ? builder.WithAnnotation(new ResourceUrlAnnotation { Url = url, DisplayText = displayText })
            : builder.WithUrls(context =>
            {
                foreach (var link in context.Urls)
                {
                    if (Uri.TryCreate(link.Url, UriKind.Absolute, out var absolute))
                    {
                        link.Url = new Uri(absolute, relative).ToString();
                        link.DisplayText = displayText ?? link.DisplayText;
                    }
                }
            });

    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, in ReferenceExpression.ExpressionInterpolatedStringHandler url, string? displayText = null)
        where T : IResource => builder.WithUrl(url.GetExpression(), displayText);

    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, ReferenceExpression url, string? displayText = null) where T : IResource =>
        builder.WithUrls(async context =>
        {
            if (await url.GetValueAsync(context.CancellationToken) is { Length: > 0 } value)
            {
                context.Urls.Add(new ResourceUrlAnnotation { Url = value, DisplayText = displayText, Endpoint = url.ValueProviders.OfType<EndpointReference>().FirstOrDefault() });
            }
        });

    /// <summary>Changes the link of an endpoint.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback) where T : IResource =>
        builder.WithUrls(context =>
        {
            if (context.Urls.FirstOrDefault(link => link.Endpoint?.EndpointName == endpointName) is { } link)
            {
                callback(link);
            }
            else
            {
                Log.NoSuchEndpoint(context.Logger, endpointName, builder.Resource.Name);
            }
        });

    /// <summary>Adds another link to an endpoint.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Func<EndpointReference, ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints =>
        builder.WithUrls(context =>
        {
            var endpoint = builder.GetEndpoint(endpointName);
            if (endpoint.Exists)
            {
                context.Urls.Add(callback(endpoint).WithEndpoint(endpoint));
            }
            else
            {
                Log.NoSuchEndpoint(context.Logger, endpointName, builder.Resource.Name);
            }
        });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A link was to be changed for the endpoint '{EndpointName}', which the resource '{ResourceName}' does not have.")]
        public static partial void NoSuchEndpoint(ILogger logger, string endpointName, string resourceName);
    }
}
