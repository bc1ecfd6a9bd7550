namespace EndToEndTests.App;

/// <summary>The data of a run: it outlives the run on purpose, so the tests remove it.</summary>
internal static class Data
{
    /// <summary>The user's data folder for everything that these tests start.</summary>
    public static string Folder { get; } = Directory.CreateTempSubdirectory("e2e-data-").FullName;

    static Data() => LastWill.Removes(Folder);

    /// <summary>The numbers of the nodes that have a data folder or volume, whatever they are called.</summary>
    public static async Task<IReadOnlyList<int>> NodesWithDataAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        var names = settings.Form == NodeForm.Process
            ? Directory.EnumerateDirectories(Folder, "node-*", SearchOption.AllDirectories)
            : await ContainerEngine.VolumesAsync(settings.Marker, cancellationToken);
        return [.. names.Select(name => int.TryParse(name[(name.LastIndexOf('-') + 1)..], out var number) ? number : 0).Where(number => number > 0).Order()];
    }

    public static async Task RemoveAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.EnumerateDirectories(Folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        if (settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RemoveVolumesAsync(settings.Marker, cancellationToken);
        }
    }
}
