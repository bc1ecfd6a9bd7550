using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;
using EndToEndTests.App;
using Support;

namespace EndToEndTests.Packages;

/// <summary>The packages of this clone as built for the tests, packed once and with a version that nothing has cached.</summary>
internal static class PackedFiles
{
    private static readonly Lazy<Task> Packed = new(PackAsync);

    public static string Folder { get; } = Directory.CreateTempSubdirectory("e2e-packages-").FullName;

    // Not a pre-release: who asks for a package without a version gets it.
    public static string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.1.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");

    static PackedFiles() => LastWill.Removes(Folder);

    public static Task MakeAsync() => Packed.Value;

    /// <summary>The names of the files in a package, and what it says of itself.</summary>
    public static async Task<(IReadOnlyList<string> Files, XElement Metadata)> ReadAsync(string id, string extension = "nupkg")
    {
        await MakeAsync();
        await using var package = await ZipFile.OpenReadAsync(Path.Combine(Folder, $"{id}.{Version}.{extension}"));
        await using var specification = await package.GetEntry($"{id}.nuspec")!.OpenAsync();
        var metadata = (await XDocument.LoadAsync(specification, LoadOptions.None, Runner.Token)).Root!.Elements().Single();
        return ([.. package.Entries.Select(entry => entry.FullName)], metadata);
    }

    private static Task<string> PackAsync() => Tool.RunAsync(
        "dotnet",
        ["pack", "RedisClusterAspire.slnx", "--no-build", "--configuration", new DirectoryInfo(AppContext.BaseDirectory).Name, "--output", Folder, $"-p:Version={Version}", "-nodeReuse:false"],
        Runner.Token,
        Repository.Root);
}
