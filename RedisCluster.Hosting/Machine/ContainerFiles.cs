using RedisCluster.Hosting.Model;

namespace RedisCluster.Hosting.Machine;

/// <summary>
/// A folder of the host whose files a node's container sees. It is mounted: for files that the orchestrator puts into a container, the engine copies an archive between
/// making and starting it, which is a good part of a start of six.
/// </summary>
/// <param name="Path">The folder, inside one that only its owner may enter.</param>
internal sealed record ContainerFiles(string Path)
{
    // The entrypoint of the official image drops to a user of its own, which must be able to read the files where they are mounted.
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // The port tells two runs of one AppHost apart, which may have different passwords.
    public static ContainerFiles Of(NodeSetup setup) =>
        new(System.IO.Path.Combine(DataFolder.Kept(setup.Cluster).Path, "containers", $"{setup.Name}-{setup.Port}"));

    public async Task WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        var file = System.IO.Path.Combine(Path, name);
        DataFolder.Create(Path);
        await File.WriteAllTextAsync(file, text, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            // Whatever the umask is.
            File.SetUnixFileMode(Path, FolderMode);
            File.SetUnixFileMode(file, FileMode);
        }
    }

    public void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
