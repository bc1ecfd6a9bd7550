using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds values that come from outside of the application.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Takes the value from configuration, <c>Parameters:{name}</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false) =>
        builder.AddParameter(new ParameterResource(name, builder.Configured($"Parameters:{name}"), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        publishValueAsDefault && secret
            ? throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret))
            : builder.AddParameter(new ParameterResource(name, _ => valueGetter(), secret));

    /// <summary>Takes the value from configuration, <c>Parameters:{name}</c>, else from the default; a persisted default is kept in the user secrets of the AppHost.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddParameter(new ParameterResource(name, builder.Configured($"Parameters:{name}"), secret)
        {
            Default = persist ? new UserSecretsParameterDefault($"Parameters:{name}", value, UserSecrets.Of(builder.AppHostAssembly)) : value,
        });

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder.AddParameter(new ParameterResource(name, builder.Configured(configurationKey), secret) { ConfigurationKey = configurationKey });

    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    private static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, ParameterResource parameter) =>
        builder.AddResource(parameter).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = KnownResourceTypes.Parameter,
            State = KnownResourceStates.Waiting,
            Properties = [new(CustomResourceKnownProperties.Source, parameter.ConfigurationKey)],
        });

    private static Func<ParameterDefault?, string> Configured(this IDistributedApplicationBuilder builder, string configurationKey) => value =>
        builder.Configuration[configurationKey]

            // Some shells allow no hyphen in the name of an environment variable.
            ?? builder.Configuration[configurationKey.Replace('-', '_')]
            ?? value?.GetDefaultValue()
            ?? throw new MissingParameterValueException(
                $"Parameter resource could not be used because configuration key '{configurationKey}' is missing and the Parameter has no default value.");
}
