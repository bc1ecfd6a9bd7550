using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Verbs that describe a .NET project.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references; its launch profile tells endpoints and environment.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, _ => { });

    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="launchProfileName">The profile to take; null takes none.</param>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options => (options.LaunchProfileName, options.ExcludeLaunchProfile) = (launchProfileName, launchProfileName is null));

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new() => builder.AddProject(name, new TProject(), configure);

    /// <summary>Adds a project by its path, which starts at the AppHost project.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath) =>
        builder.AddProject(name, projectPath, _ => { });

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath, Action<ProjectResourceOptions> configure) =>
        builder.AddProject(name, new ProjectMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), configure);

    /// <summary>Runs so many copies, all behind the same endpoints.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);

    private static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, IProjectMetadata project, Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var resource = builder.AddResource(new ProjectResource(name)).WithAnnotation(project).WithTelemetryDefaults().WithAspNetCoreUrls();
        var preferred = builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"];
        return !options.ExcludeLaunchProfile && LaunchProfiles.Choose(project, options.LaunchProfileName, preferred) is { } profile
            ? resource.WithLaunchProfile(profile)
            : resource;
    }

    private static IResourceBuilder<ProjectResource> WithTelemetryDefaults(this IResourceBuilder<ProjectResource> project)
    {
        OtlpEnvironment.AddTo(project.Resource, project.ApplicationBuilder.Environment);
        project.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        if (project.ApplicationBuilder.Environment.IsDevelopment())
        {
            // On a development machine the queries of URLs say more than "Redacted".
            project.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true")
                .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true");
        }

        // Nobody reads the console of a project but the dashboard, which shows colors and its own timestamps.
        return project.WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__TIMESTAMPFORMAT", "yyyy-MM-ddTHH:mm:ss.fffffff ")
            .WithEnvironment("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true");
    }

    private static IResourceBuilder<ProjectResource> WithLaunchProfile(this IResourceBuilder<ProjectResource> project, LaunchProfileAnnotation launch)
    {
        var count = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var url in launch.Profile.ApplicationUrl?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            // The first of a scheme is called http or https, the next http2.
            var address = BindingAddress.Parse(url);
            count[address.Scheme] = count.GetValueOrDefault(address.Scheme) + 1;
            project.WithEndpoint(count[address.Scheme] == 1 ? address.Scheme : address.Scheme + count[address.Scheme], endpoint =>
            {
                endpoint.Port = address.Port;
                endpoint.TargetHost = address.Host;
                endpoint.UriScheme = address.Scheme;
                endpoint.FromLaunchProfile = true;
            });
        }

        if (launch.Profile.LaunchUrl is { Length: > 0 } launchUrl)
        {
            project.WithUrls(context =>
            {
                foreach (var link in context.Urls.Where(link => link.Endpoint?.EndpointAnnotation.FromLaunchProfile == true))
                {
                    link.Url = new Uri(new Uri(link.Url), launchUrl).ToString();
                }
            });
        }

        return project.WithAnnotation(launch).WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", launch.Name);
            foreach (var (variable, value) in launch.Profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(variable, Environment.ExpandEnvironmentVariables(value));
            }
        });
    }

    // Tells the project to listen on what the proxy, or the endpoint itself, expects.
    private static IResourceBuilder<ProjectResource> WithAspNetCoreUrls(this IResourceBuilder<ProjectResource> project) => project.WithEnvironment(context =>
    {
        var endpoints = project.Resource.GetEndpoints()
            .Where(endpoint => endpoint.Scheme is "http" or "https" && endpoint.EndpointAnnotation.TargetPortEnvironmentVariable is null)
            .ToArray();
        if (endpoints.Length == 0 || context.EnvironmentVariables.ContainsKey("ASPNETCORE_URLS"))
        {
            return;
        }

        var urls = new ReferenceExpressionBuilder();
        foreach (var endpoint in endpoints)
        {
            urls.AppendLiteral(urls.IsEmpty ? "" : ";");
            urls.AppendLiteral($"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:");
            urls.Append($"{endpoint.Property(EndpointProperty.TargetPort)}");
        }

        context.EnvironmentVariables["ASPNETCORE_URLS"] = urls.Build();

        // Redirects to https must not name the port behind the proxy.
        if (Array.Find(endpoints, endpoint => endpoint.IsHttps) is { } https)
        {
            context.EnvironmentVariables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
        }
    });
}

public sealed class ProjectResourceOptions
{
    /// <summary>The launch profile to take; by default that of the AppHost, else the first that runs the project.</summary>
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }
}
