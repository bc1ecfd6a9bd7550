using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Lets a health check of <see cref="IDistributedApplicationBuilder.Services"/> decide whether the resource is healthy.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource =>
        builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(check => check.Key == key)
            ? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.")
            : builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>The resource is healthy when a GET answers with the status code, by default 200.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null) where T : IResourceWithEndpoints
    {
        var endpoint = endpointName is not null
            ? builder.GetEndpoint(endpointName)
            : builder.Resource.GetEndpoints().OrderByDescending(candidate => candidate.EndpointName == "https").FirstOrDefault(candidate => candidate.IsHttp || candidate.IsHttps);
        return builder.WithHttpHealthCheck(
            () => endpoint ?? throw new DistributedApplicationException($"Could not create HTTP health check for resource '{builder.Resource.Name}': it has no http or https endpoint."),
            path,
            statusCode);
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        if (endpointSelector is null)
        {
            return builder.WithHttpHealthCheck(path, statusCode, endpointName: null);
        }

        var endpoint = endpointSelector();
        if (endpoint is { IsHttp: false, IsHttps: false })
        {
            throw new DistributedApplicationException(
                $"Could not create HTTP health check for resource '{builder.Resource.Name}': the endpoint '{endpoint.EndpointName}' has the scheme '{endpoint.Scheme}'.");
        }

        path ??= "/";
        statusCode ??= 200;
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{path}_{statusCode}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, new HttpHealthCheck(endpoint, path, statusCode.Value));
        return builder.WithHealthCheck(key);
    }
}
