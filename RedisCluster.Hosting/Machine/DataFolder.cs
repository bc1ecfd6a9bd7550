using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Machine;

/// <summary>Where nodes that are processes keep their data: a folder per AppHost and cluster, a subfolder per node.</summary>
/// <param name="Path">The folder of the cluster.</param>
/// <param name="IsTemporary">Whether it starts empty and is removed with the AppHost.</param>
internal sealed record DataFolder(string Path, bool IsTemporary)
{
    private const string Product = "redis-cluster-aspire";
    private const string NodePrefix = "node-";

    public static DataFolder Of(RedisClusterResource cluster) =>
        cluster.Setup.BindFolder is { } named ? new(named, IsTemporary: false)
            : cluster.Setup.KeepsData || cluster.Setup.OutlivesAppHost ? Kept(cluster)
            : new(cluster.Setup.TemporaryFolder, IsTemporary: true);

    /// <summary>
    /// The same folder at every run of the same AppHost, below the user's local application data. The path of the AppHost
    /// is part of the name: two clones of one project do not share data.
    /// </summary>
    public static DataFolder Kept(RedisClusterResource cluster) =>
        new(
            System.IO.Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } local
                    ? local
                    : System.IO.Path.Combine(System.IO.Path.GetTempPath(), Environment.UserName),
                Product,
                NameOf(cluster.Setup.AppHostDirectory),
                cluster.Name),
            IsTemporary: false);

    /// <summary>Path of a folder for one run only; one process, of tests, can have several at once.</summary>
    public static string NewTemporaryPath(string clusterName) =>
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Product}-{clusterName}-{System.IO.Path.GetRandomFileName()}");

    /// <summary>Makes a folder that only its owner may enter: data and a rewritten config hold secrets.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Of(int node) => System.IO.Path.Combine(Path, $"{NodePrefix}{node}");

    /// <summary>Numbers of the nodes that have data here.</summary>
    public IEnumerable<int> Numbers() =>
        from folder in Directory.Exists(Path) ? Directory.EnumerateDirectories(Path, $"{NodePrefix}*") : []
           let number = int.TryParse(System.IO.Path.GetFileName(folder).AsSpan(NodePrefix.Length), CultureInfo.InvariantCulture, out var found) ? found : 0
           where number > 0 && !LostData.IsEmpty(folder)
           select number;

    public void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>Removes the folder of a node, and what an interrupted removal left.</summary>
    public void Remove(int node)
    {
        // Renamed first: a folder that was removed by half would look like a node that lost its data.
        var removed = $"{Of(node)}.removed";
        if (Directory.Exists(removed))
        {
            Directory.Delete(removed, recursive: true);
        }

        if (Directory.Exists(Of(node)))
        {
            Directory.Move(Of(node), removed);
            Directory.Delete(removed, recursive: true);
        }
    }

    // AppHost-1f3a9c02: readable for the user, and different for every path.
    private static string NameOf(string appHostDirectory)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(appHostDirectory));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8];
        var folder = System.IO.Path.GetFileName(full);
        var project = folder == "AppHost" ? $"{System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(full))}-{folder}" : folder;
        return $"{project}-{hash}";
    }
}
