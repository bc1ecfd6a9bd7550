namespace EndToEndTests.App;

/// <summary>The data of a run: it outlives the run on purpose, so the tests remove it.</summary>
internal static class Data
{
    /// <summary>Where nodes that are processes keep it.</summary>
    public static string FolderOf(AppHostSettings settings) => Path.Combine(Path.GetTempPath(), $"{settings.Marker}-data");

    public static async Task RemoveAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        if (Directory.Exists(FolderOf(settings)))
        {
            Directory.Delete(FolderOf(settings), recursive: true);
        }
        if (settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RemoveVolumesAsync(settings.Marker, cancellationToken);
        }
    }
}
