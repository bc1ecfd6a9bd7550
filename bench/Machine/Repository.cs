namespace Bench.Machine;

/// <summary>The clone that this program was built in, wherever it is started.</summary>
internal static class Repository
{
    /// <exception cref="BenchException">The program was moved out of its clone.</exception>
    public static string Root { get; } = Find() ?? throw new BenchException($"Expected RedisClusterAspire.slnx in a folder above {AppContext.BaseDirectory}, found none: run the bench from its clone.");

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RedisClusterAspire.slnx")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
