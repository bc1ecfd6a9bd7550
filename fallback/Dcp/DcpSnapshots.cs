using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dcp;

/// <summary>What DCP knows about a container or process, in the words of the dashboard.</summary>
internal static class DcpSnapshots
{
    public static CustomResourceSnapshot Of(Container container, DcpInstance instance, CustomResourceSnapshot previous)
    {
        var (spec, status) = (container.Spec, container.Status ?? new());
        return Common(instance, previous, status.State) with
        {
            // DCP says -1 when it does not know.
            ExitCode = status.ExitCode is -1 ? null : status.ExitCode,
            StartTimeStamp = status.StartupTimestamp?.ToUniversalTime(),
            StopTimeStamp = status.FinishTimestamp?.ToUniversalTime(),
            EnvironmentVariables = Environment(status.EffectiveEnv ?? spec.Env, spec.Env),
            Volumes = [.. (spec.VolumeMounts ?? []).Select(mount => new VolumeSnapshot(mount.Source, mount.Target, mount.Type, mount.ReadOnly))],
            Properties = Arguments(instance, status.EffectiveArgs, previous.Properties)
                .Set(new(KnownProperties.ContainerImage, spec.Image))
                .Set(new(KnownProperties.ContainerId, status.ContainerId))
                .Set(new(KnownProperties.ContainerName, spec.ContainerName))
                .Set(new(KnownProperties.ContainerCommand, spec.Command))
                .Set(new(KnownProperties.ContainerArgs, (status.EffectiveArgs ?? spec.Args ?? []).ToImmutableArray()) { IsSensitive = true })
                .Set(new("container.ports", (spec.Ports ?? []).Select(port => port.ContainerPort).ToImmutableArray()))
                .Set(new(KnownProperties.ContainerLifetime, ContainerLifetime.Session)),
        };
    }

    public static CustomResourceSnapshot Of(Executable executable, DcpInstance instance, CustomResourceSnapshot previous)
    {
        var (spec, status) = (executable.Spec, executable.Status ?? new());
        return Common(instance, previous, status.State) with
        {
            ExitCode = status.ExitCode,
            StartTimeStamp = status.StartupTimestamp?.ToUniversalTime(),
            StopTimeStamp = status.FinishTimestamp?.ToUniversalTime(),
            EnvironmentVariables = Environment(status.EffectiveEnv ?? spec.Env, spec.Env),
            Properties = Program(instance.Resource, spec.ExecutablePath, spec.WorkingDirectory, Arguments(instance, status.EffectiveArgs, previous.Properties))
                .Set(new(KnownProperties.ExecutableArgs, (status.EffectiveArgs ?? spec.Args ?? []).ToImmutableArray()) { IsSensitive = true })
                .Set(new(KnownProperties.ExecutableProcessId, status.Pid)),
        };
    }

    /// <summary>What is shown of a container before it starts.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> Image(IResource resource, ImmutableArray<ResourcePropertySnapshot> properties) =>
        resource.TryGetContainerImageName(out var image) ? properties.Set(new(KnownProperties.ContainerImage, image)) : properties;

    /// <summary>What is shown of an executable or project before it starts.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> Program(IResource resource, string path, string workingDirectory, ImmutableArray<ResourcePropertySnapshot> properties)
    {
        properties = properties.Set(new(KnownProperties.ExecutablePath, path)).Set(new(KnownProperties.ExecutableWorkingDirectory, workingDirectory));
        if (resource is ProjectResource project)
        {
            properties = properties.Set(new(KnownProperties.ProjectPath, project.GetProjectMetadata().ProjectPath));
            if (project.TryGetLastAnnotation<LaunchProfileAnnotation>(out var profile))
            {
                properties = properties.Set(new(KnownProperties.ProjectLaunchProfile, profile.Name));
            }
        }

        return properties;
    }

    /// <summary>A state that DCP has before it begins says less than the state that led to the start.</summary>
    private static CustomResourceSnapshot Common(DcpInstance instance, CustomResourceSnapshot previous, string? state)
    {
        var current = state is null or "" or "Pending" or "Unknown" || state == previous.State?.Text ? previous.State : state;
        return previous with
        {
            State = current,
            Urls = ResourceUrls.Snapshots(instance.Resource, active: current?.Text == KnownResourceStates.Running),
        };
    }

    /// <summary>DCP's arguments may begin with what starts the program, and have its templates filled in.</summary>
    private static ImmutableArray<ResourcePropertySnapshot> Arguments(
        DcpInstance instance, IReadOnlyList<string>? effective, ImmutableArray<ResourcePropertySnapshot> properties)
    {
        var own = instance.Arguments;
        var values = effective?.Count >= own.Count ? effective.Skip(effective.Count - own.Count) : own.Select(argument => argument.Value);
        var sensitive = own.Any(argument => argument.IsSensitive);
        return properties
            .Set(new(KnownProperties.AppArgs, values.ToImmutableArray()) { IsSensitive = sensitive })
            .Set(new(KnownProperties.AppArgsSensitivity, own.Select(argument => argument.IsSensitive ? 1 : 0).ToImmutableArray()) { IsSensitive = sensitive });
    }

    private static ImmutableArray<EnvironmentVariableSnapshot> Environment(IReadOnlyList<NameAndValue>? effective, IReadOnlyList<NameAndValue>? wanted)
    {
        var names = (wanted ?? []).Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
        return [.. (effective ?? []).OrderBy(variable => variable.Name, StringComparer.Ordinal).Select(variable => new EnvironmentVariableSnapshot(variable.Name, variable.Value, names.Contains(variable.Name)))];
    }
}
