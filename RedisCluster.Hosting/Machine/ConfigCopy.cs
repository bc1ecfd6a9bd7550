using RedisCluster.Servers;

namespace RedisCluster.Hosting.Machine;

/// <summary>
/// The config that a process runs on: a copy in its data folder, because CONFIG REWRITE and <c>redis-cli --cluster set-timeout</c> write the password and the data folder into
/// the file that the server was started with. What was rewritten stays until the original changes.
/// </summary>
internal static class ConfigCopy
{
    private const string Name = "redis.conf";

    // The text that the copy was made from.
    private const string OriginalName = "redis.conf.original";

    public static string In(string folder) => Path.Combine(folder, Name);

    public static async Task WriteAsync(string folder, NodeConfig original, CancellationToken cancellationToken)
    {
        var (copy, known) = (In(folder), Path.Combine(folder, OriginalName));
        var isUnchanged = File.Exists(copy) && File.Exists(known) && await File.ReadAllTextAsync(known, cancellationToken) == original.Text;

        // The password may have been changed since a rewrite wrote it.
        var text = isUnchanged ? new NodeConfig(await File.ReadAllTextAsync(copy, cancellationToken)).WithoutPassword() : original;
        await File.WriteAllTextAsync(copy, text.Text, cancellationToken);
        await File.WriteAllTextAsync(known, original.Text, cancellationToken);
    }
}
