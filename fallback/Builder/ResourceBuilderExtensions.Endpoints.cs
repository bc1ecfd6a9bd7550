using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds an endpoint, or changes what is given of the one with that name.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that clients use; by default one that is free.</param>
    /// <param name="targetPort">The port that the resource listens on.</param>
    /// <param name="scheme">The scheme of its URL; by default tcp.</param>
    /// <param name="name">Its name; by default the scheme.</param>
    /// <param name="env">The environment variable that tells the resource its target port.</param>
    /// <param name="isProxied">Whether a proxy listens on the port; by default it does.</param>
    /// <param name="isExternal">Whether people outside of the application use it.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder,
        int? port = null,
        int? targetPort = null,
        string? scheme = null,
        [EndpointName] string? name = null,
        string? env = null,
        bool? isProxied = null,
        bool? isExternal = null,
        ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, transport: null, name, port, targetPort, isExternal, isProxied);
        if (builder.Resource.FindEndpoint(endpoint.Name) is { } existing)
        {
            existing.Port = port ?? existing.Port;
            existing.TargetPort = targetPort ?? existing.TargetPort;
            existing.IsExternal = isExternal ?? existing.IsExternal;
            existing.IsExplicitlyProxied = isProxied ?? existing.IsExplicitlyProxied;
            endpoint = existing;
        }
        else
        {
            builder.WithAnnotation(endpoint);
        }

        return env is null ? builder : builder.WithTargetPortVariable(endpoint, env);
    }

    /// <summary>Changes an endpoint; makes it first when there is none of that name.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, [EndpointName] string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.FindEndpoint(endpointName);
        if (endpoint is null && createIfNotExists)
        {
            endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            builder.WithAnnotation(endpoint);
        }

        if (endpoint is not null)
        {
            callback(endpoint);
        }

        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, [EndpointName] string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, scheme: "http", name, env, isProxied);

    public static IResourceBuilder<T> WithHttpsEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, [EndpointName] string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, scheme: "https", name, env, isProxied);

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, [EndpointName] string name) where T : IResourceWithEndpoints =>
        builder.Resource.GetEndpoint(name);

    internal static EndpointAnnotation? FindEndpoint(this IResource resource, string name) =>
        resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IResourceBuilder<T> WithTargetPortVariable<T>(this IResourceBuilder<T> builder, EndpointAnnotation endpoint, string variable) where T : IResourceWithEndpoints
    {
        endpoint.TargetPortEnvironmentVariable = variable;
        var targetPort = new EndpointReference(builder.Resource, endpoint).Property(EndpointProperty.TargetPort);
        return builder.WithAnnotation(new EnvironmentCallbackAnnotation(context => context.EnvironmentVariables[variable] = targetPort));
    }
}
