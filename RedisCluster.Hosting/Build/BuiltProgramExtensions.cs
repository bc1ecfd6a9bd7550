using System.Reflection;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Starts a project without the detour through <c>dotnet run</c>.</summary>
public static class BuiltProgramExtensions
{
    private const string MetadataKey = "BuiltProgram:";

    /// <summary>
    /// Starts the program that was built together with the AppHost, as <c>dotnet exec</c>. Aspire's <c>dotnet run --no-build</c> evaluates the project
    /// before it starts the same program, which takes almost two seconds. Arguments, environment, launch profile and the dashboard stay as they are.
    /// An IDE debugs the project as usual, and <c>dotnet watch</c> watches it.
    /// </summary>
    /// <param name="builder">A project that the AppHost references.</param>
    /// <remarks>The AppHost imports <c>RedisCluster.Hosting.targets</c>. Without it, or when the program is not there, Aspire starts the project.</remarks>
    [AspireExportIgnore(Reason = "Projects of an AppHost in another language are not built together with it.")]
    public static IResourceBuilder<ProjectResource> RunAsBuiltProgram(this IResourceBuilder<ProjectResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var application = builder.ApplicationBuilder;
        if (!application.ExecutionContext.IsRunMode || application.Configuration["DOTNET_WATCH"] is "1" or "true")
        {
            return builder;
        }

#pragma warning disable ASPIREEXTENSION001 // An experimental name, for what no other name does: a prefix that an IDE leaves out.
        return builder.WithLaunchToolArgs(
            context =>
            {
                if (PathOf(builder.Resource, application.AppHostAssembly) is { } program && File.Exists(program))
                {
                    context.Args.Add("exec");
                    context.Args.Add(program);
                }
            },
            ownedByLaunchConfigurationType: KnownLaunchConfigurationTypes.Project,
            showInCommandLine: false);
#pragma warning restore ASPIREEXTENSION001
    }

    private static string? PathOf(ProjectResource project, Assembly? appHost) => appHost?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == MetadataKey + project.GetProjectMetadata().ProjectPath)?.Value;
}
