
namespace RedisCluster.Hosting.Machine;

/// <summary>
/// Volumes whose nodes have left the cluster, for the next start to remove. An engine gives a volume up only after its container, and the container is the orchestrator's until
/// the run has ended: when it looks at one that is just being removed, it takes it for one that is still stopping, and waits for that at its own end without limit.
/// </summary>
/// <param name="folder">Has a file for each of them. Need not exist.</param>
internal sealed class EmptiedVolumes(string folder)
{
    public static EmptiedVolumes Of(string appHostDirectory, string clusterName) =>
        new(Path.Combine(DataFolder.Kept(appHostDirectory, clusterName).Path, "emptied-volumes"));

    /// <summary>Notes a volume; null when that worked, otherwise the engine's reason.</summary>
    public async Task<string?> NoteAsync(ContainerEngine engine, string volume, CancellationToken cancellationToken)
    {
        var created = await engine.VolumeCreatedAsync(volume, cancellationToken);
        if (!created.Succeeded)
        {
            return created.Reason;
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, volume), created.Output, cancellationToken);
        return null;
    }

    /// <summary>
    /// Removes the volumes. Each is tried once: from now on its node may have data again, and one that could not be removed shows the initializer that it is empty.
    /// </summary>
    public async Task RemoveAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        foreach (var note in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            // One of the same name on another engine, or made since, is not the one that was emptied.
            var volume = Path.GetFileName(note);
            var created = await engine.VolumeCreatedAsync(volume, cancellationToken);
            if (created.Succeeded && created.Output == await File.ReadAllTextAsync(note, cancellationToken))
            {
                await engine.RemoveVolumeAsync(volume, cancellationToken);
            }

            File.Delete(note);
        }
    }
}
