using System.Reflection;

namespace EndToEndTests.App;

/// <summary>The clone that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A folder for what a run leaves for people to read: logs, screenshots, start times. Not part of the commit.</summary>
    public static string Records => Directory.CreateDirectory(PathOf("artifacts", "end-to-end")).FullName;
}
