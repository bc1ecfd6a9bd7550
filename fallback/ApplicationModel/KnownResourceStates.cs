namespace Aspire.Hosting.ApplicationModel;

public static class KnownResourceStates
{
    public static readonly string NotStarted = nameof(NotStarted);
    public static readonly string Waiting = nameof(Waiting);
    public static readonly string Starting = nameof(Starting);
    public static readonly string Running = nameof(Running);
    public static readonly string Stopping = nameof(Stopping);
    public static readonly string Finished = nameof(Finished);
    public static readonly string Exited = nameof(Exited);
    public static readonly string FailedToStart = nameof(FailedToStart);
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states that a resource only leaves by being started again.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

public static class KnownResourceStateStyles
{
    public static readonly string Success = "success";
    public static readonly string Error = "error";
    public static readonly string Info = "info";
    public static readonly string Warn = "warning";
}

public static class CustomResourceKnownProperties
{
    /// <summary>What the dashboard shows in the Source column.</summary>
    public static string Source { get; } = "resource.source";

    public static string ConnectionString { get; } = "resource.connectionString";
}

/// <summary>Names of properties and types with a meaning to the dashboard.</summary>
internal static class KnownProperties
{
    public const string ParentName = "resource.parentName";
    public const string WaitingFor = "resource.waitingFor";
    public const string ExitCode = "resource.exitCode";
    public const string AppArgs = "resource.appArgs";
    public const string AppArgsSensitivity = "resource.appArgsSensitivity";
    public const string ExecutablePath = "executable.path";
    public const string ExecutableWorkingDirectory = "executable.workDir";
    public const string ExecutableArgs = "executable.args";
    public const string ExecutableProcessId = "executable.pid";
    public const string ProjectPath = "project.path";
    public const string ProjectLaunchProfile = "project.launchProfile";
    public const string ContainerId = "container.id";
    public const string ContainerName = "container.name";
    public const string ContainerImage = "container.image";
    public const string ContainerCommand = "container.command";
    public const string ContainerArgs = "container.args";
    public const string ContainerLifetime = "container.lifetime";
    public const string ParameterValue = "Value";
}

internal static class KnownResourceTypes
{
    public const string Container = nameof(Container);
    public const string Executable = nameof(Executable);
    public const string Project = nameof(Project);
    public const string Parameter = nameof(Parameter);
    public const string ConnectionString = nameof(ConnectionString);

    public static string Of(IResource resource) => resource switch
    {
        _ when resource.IsContainer() => Container,
        ProjectResource => Project,
        ExecutableResource => Executable,
        ParameterResource => Parameter,
        ConnectionStringResource => ConnectionString,
        _ => resource.GetType().Name is var name && name.EndsWith("Resource", StringComparison.Ordinal) ? name[..^"Resource".Length] : name,
    };
}
