using System.Reflection;
using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dcp;

/// <summary>Turns an executable or a project into what DCP runs.</summary>
internal sealed class ExecutableObjects(DistributedApplicationOptions options)
{
    private const string TargetPathKey = "projecttargetpath:";

    public Executable Create(IResource resource, string id, ExecutionConfiguration configuration)
    {
        var (path, workingDirectory, prefix) = Program(resource);
        return new()
        {
            Metadata = DcpObjects.Metadata(resource, id),
            Spec = new()
            {
                ExecutablePath = path,
                WorkingDirectory = workingDirectory,
                Args = [.. prefix, .. DcpObjects.Arguments(configuration)],
                Env = DcpObjects.Environment(configuration),
            },
        };
    }

    /// <summary>The program of a resource and the arguments that come before its own.</summary>
    public (string Path, string WorkingDirectory, string[] Arguments) Program(IResource resource) => resource switch
    {
        ExecutableResource executable => (executable.Command, executable.WorkingDirectory, []),
        ProjectResource project => Project(project.GetProjectMetadata().ProjectPath),
        _ => throw new DistributedApplicationException($"Resource '{resource.Name}' is neither a container nor an executable nor a project, so it cannot be started."),
    };

    /// <summary>The built program starts a second earlier than <c>dotnet run</c>, which is left for projects that this AppHost's build did not see.</summary>
    private (string Path, string WorkingDirectory, string[] Arguments) Project(string projectPath)
    {
        var folder = Path.GetDirectoryName(projectPath)!;
        return BuiltProgram(projectPath) is { } program && File.Exists(program)
            ? (DotNet, folder, ["exec", program])
            : (DotNet, folder, ["run", "--project", projectPath, "--no-launch-profile", "--"]);
    }

    /// <summary>The build of the AppHost writes the path of each project's program into its assembly.</summary>
    private string? BuiltProgram(string projectPath) => options.Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key.Equals(TargetPathKey + projectPath, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>The host of the runtime that runs this process: found also where DOTNET_ROOT is not set and PATH has another one.</summary>
    private static string DotNet
    {
        get
        {
            var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return File.Exists(beside) ? beside : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? name;
        }
    }
}
