using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Run;

/// <summary>The cluster as a Markdown table.</summary>
internal static class TopologyTable
{
    public static string Markdown(RedisClusterResource cluster, ClusterStatus view, IReadOnlyList<long?> keys)
    {
        var text = new StringBuilder()
            .Append(view.Health().Text).Append("\n\n")
            .Append("| Node | Address | Role | Slots or primary | Keys |\n|---|---|---|---|---:|\n");
        foreach (var (node, count) in cluster.Nodes.Zip(keys))
        {
            var role = view.Roles.GetValueOrDefault(node.Number);
            text.Append(CultureInfo.InvariantCulture, $"| {node.Name} | localhost:{node.Port} | {role?.Role ?? "not reachable"} | {Place(cluster, role)} | {count?.ToString(CultureInfo.InvariantCulture) ?? ""} |\n");
        }

        return text.ToString();
    }

    /// <summary>Text that stays inside its cell whatever it contains.</summary>
    public static string Cell(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal).Replace('`', '\'').ReplaceLineEndings(" ")}`";

    private static string Place(RedisClusterResource cluster, NodeRole? role) =>
        role is null ? ""
            : role.IsPrimary ? role.Slots
            : $"{cluster.Nodes.FirstOrDefault(node => node.Number == role.Replicates)?.Name}{(role.IsInSync ? "" : " (link down)")}";
}
