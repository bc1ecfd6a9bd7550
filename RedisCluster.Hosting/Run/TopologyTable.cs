using System.Globalization;
using System.Text;

namespace RedisCluster.Hosting.Run;

/// <summary>The cluster as a Markdown table.</summary>
internal static class TopologyTable
{
    /// <param name="status">What the nodes said.</param>
    /// <param name="keys">How many keys each of them has; null when it did not say.</param>
    public static string Markdown(ClusterStatus status, IReadOnlyList<long?> keys)
    {
        var text = new StringBuilder()
            .Append(status.Health().Text).Append("\n\n")
            .Append("| Node | Address | Role | Slots or primary | Keys |\n|---|---|---|---|---:|\n");
        foreach (var (answer, count) in status.Answers.Zip(keys))
        {
            var role = status.Roles.GetValueOrDefault(answer.Node);
            text.Append(CultureInfo.InvariantCulture, $"| {answer.Node.Name} | {answer.Node.Setup.Address} | {role?.Name ?? (answer.Problem is null ? "not running" : "not reachable")} | {Place(role)} | {count} |\n");
        }

        return text.ToString();
    }

    /// <summary>Text that stays inside its cell whatever it contains.</summary>
    public static string Cell(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal).Replace('`', '\'').ReplaceLineEndings(" ")}`";

    private static string Place(NodeRole? role) =>
        role is null ? ""
            : role.OwnsSlots ? role.Slots.ToString()
            : $"{role.Primary?.Name}{(role.IsInSync ? "" : " (link down)")}";
}
