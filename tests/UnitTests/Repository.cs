using System.Runtime.CompilerServices;

namespace UnitTests;

internal static class Repository
{
    public static string Root { get; } = Folder();

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
