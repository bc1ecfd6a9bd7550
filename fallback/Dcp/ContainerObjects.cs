using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.Dcp;

/// <summary>Turns a container resource into what DCP runs.</summary>
internal static class ContainerObjects
{
    public static Container Create(IResource resource, string id, ExecutionConfiguration configuration)
    {
        resource.TryGetContainerImageName(out var image);
        return new()
        {
            Metadata = DcpObjects.Metadata(resource, id),
            Spec = new()
            {
                Image = image!,

                // The id is unique: under a name that is taken DCP would adopt a foreign container, and delete it at the end.
                ContainerName = resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var name) ? name.Name : id,
                PullPolicy = resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var pull) && pull.ImagePullPolicy != ImagePullPolicy.Default
                    ? pull.ImagePullPolicy.ToString().ToLowerInvariant()
                    : null,
                Command = (resource as ContainerResource)?.Entrypoint,
                Args = DcpObjects.Arguments(configuration),
                Env = DcpObjects.Environment(configuration),
                Ports = [.. resource.Annotations.OfType<EndpointAnnotation>().Select(Publish)],
                VolumeMounts = Mounts(resource),
                Networks = [new(KnownNetworkIdentifiers.DefaultAspireContainerNetwork.Value, [resource.Name, $"{resource.Name}.dev.internal"])],
                RunArgs = configuration.ContainerRuntimeArguments,
            },
        };
    }

    public static VolumeMount[] Mounts(IResource resource) =>
    [
        .. resource.Annotations.OfType<ContainerMountAnnotation>()
            .Select(mount => new VolumeMount(mount.Type == ContainerMountType.BindMount ? "bind" : "volume", mount.Source, mount.Target, mount.IsReadOnly)),
    ];

    private static PortMapping Publish(EndpointAnnotation endpoint) =>
        new(endpoint.TargetPort!.Value, endpoint.IsProxied ? null : endpoint.Port, DcpEndpoints.Protocol(endpoint));
}
