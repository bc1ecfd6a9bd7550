using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Machine;

/// <summary>
/// Volumes whose nodes have left the cluster, for the next start to remove. An engine gives a volume up only after its container, and the container is the orchestrator's until
/// the run has ended: when it looks at one that is just being removed, it takes it for one that is still stopping, and waits for that at its own end without limit.
/// </summary>
/// <param name="folder">Has a file for each of them. Need not exist.</param>
internal sealed class EmptiedVolumes(string folder)
{
    public static EmptiedVolumes Of(RedisClusterResource cluster) =>
        new(Path.Combine(DataFolder.Kept(cluster).Path, "emptied-volumes"));

    /// <summary>Notes a volume; null when that worked, otherwise the engine's reason.</summary>
    public async Task<string?> NoteAsync(ContainerEngine engine, string volume, CancellationToken cancellationToken)
    {
        try
        {
            if (await engine.VolumeCreatedAsync(volume, cancellationToken) is not { } created)
            {
                return $"{engine.Command} has no volume {volume}";
            }

            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, volume), created, cancellationToken);
            return null;
        }
        catch (ContainerEngineException cause)
        {
            return cause.Message;
        }
    }

    /// <summary>The noted volumes that are still the ones that were emptied: one of the same name on another engine, or made since, is not.</summary>
    /// <exception cref="ContainerEngineException">The engine does not say.</exception>
    public async Task<IReadOnlyList<string>> FindAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var note in Notes())
        {
            var volume = Path.GetFileName(note);
            if (await engine.VolumeCreatedAsync(volume, cancellationToken) == await File.ReadAllTextAsync(note, cancellationToken))
            {
                found.Add(volume);
            }
        }

        return found;
    }

    /// <summary>
    /// Removes volumes and all notes. Each is tried once: from now on its node may have data again, and one that could not be removed shows the initializer that it is empty.
    /// </summary>
    public async Task RemoveAsync(ContainerEngine engine, IReadOnlyList<string> volumes, CancellationToken cancellationToken)
    {
        foreach (var volume in volumes)
        {
            await engine.RemoveVolumeAsync(volume, cancellationToken);
        }

        foreach (var note in Notes())
        {
            File.Delete(note);
        }
    }

    private string[] Notes() => Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
}
