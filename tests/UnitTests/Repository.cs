using System.Runtime.CompilerServices;
using Xunit.v3;

// Some tests wait for time to pass.
[assembly: Parallelization(MaxThreads = 4)]

namespace UnitTests;

internal static class Repository
{
    public static string Root { get; } = Folder();

    private static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
