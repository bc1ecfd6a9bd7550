using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives the resource the connection string of another one, as <c>ConnectionStrings__{name}</c>, and its properties, as <c>{NAME}_{PROPERTY}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        connectionName ??= resource.Name;
        builder.WithReferenceRelationship(resource);
        return builder.WithEnvironment(context =>
        {
            context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName}"] = new ConnectionStringReference(resource, optional);
            var prefix = connectionName.Length == 0 ? "" : EnvironmentName(connectionName) + "_";
            foreach (var (property, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[prefix + property.ToUpperInvariant()] = value;
            }
        });
    }

    /// <summary>Gives the resource the endpoints of another one, as <c>services__{name}__{endpoint}__{index}</c> and <c>{NAME}_{ENDPOINT}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointReferences(source.Resource, endpoint => !endpoint.ExcludeReferenceEndpoint);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointReferences(endpointReference.Resource, endpoint => endpoint.EndpointName.Equals(endpointReference.EndpointName, StringComparison.OrdinalIgnoreCase));

    private static IResourceBuilder<T> WithEndpointReferences<T>(this IResourceBuilder<T> builder, IResourceWithEndpoints source, Func<EndpointReference, bool> wanted)
        where T : IResourceWithEnvironment
    {
        builder.WithReferenceRelationship(source);
        return builder.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            foreach (var endpoint in source.GetEndpoints().Where(wanted))
            {
                variables[$"{EnvironmentName(source.Name)}_{EnvironmentName(endpoint.EndpointName)}"] = endpoint;

                // An endpoint called http may have been turned into https: service discovery goes by the scheme then.
                var name = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
                var index = 0;
                while (variables.TryGetValue($"services__{source.Name}__{name}__{index}", out var taken) && !Same(taken, endpoint))
                {
                    index++;
                }

                variables[$"services__{source.Name}__{name}__{index}"] = endpoint;
            }
        });

        static bool Same(object taken, EndpointReference endpoint) => taken is EndpointReference other && other.Resource == endpoint.Resource && other.EndpointName == endpoint.EndpointName;
    }

    private static string EnvironmentName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
