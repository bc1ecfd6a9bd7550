using System.Globalization;

namespace RedisCluster.Client.Topology;

/// <summary>Reads the text of <c>INFO</c> and of <c>CLUSTER INFO</c>: a field a line, among headings.</summary>
/// <remarks>
/// <code>
/// # Replication
/// role:master
/// master_repl_offset:84
/// slave0:ip=127.0.0.1,port=7006,state=online,offset=84,lag=1
/// # Keyspace
/// db0:keys=3,expires=1,avg_ttl=41219
/// </code>
/// Odd forms: no <c>db0</c> while there is no key; a replica that is still being filled has <c>state=send_bulk</c> and <c>offset=0</c>.
/// </remarks>
internal sealed class InfoReply(string text)
{
    private readonly Dictionary<string, string> _fields = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 2))
        .Where(parts => parts.Length == 2)
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    /// <summary>A whole number; 0 when the field is not there.</summary>
    internal long Number(string field) => _fields.TryGetValue(field, out var value) ? WholeNumber(value, field) : 0;

    /// <summary>A part of a field such as <c>keys</c> of <c>db0</c>; 0 when it is not there.</summary>
    internal long Number(string field, string part) => Parts(field).TryGetValue(part, out var value) ? WholeNumber(value, field) : 0;

    private static long WholeNumber(string value, string field) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"INFO has '{value}' in {field}: expected a whole number.");

    /// <summary>Port and offset of each replica that is in step or catching up.</summary>
    internal IEnumerable<(int Port, long Offset)> Replicas()
    {
        for (var i = 0; i < Number("connected_slaves"); i++)
        {
            var replica = $"slave{i}";
            if (Parts(replica).GetValueOrDefault("state") == "online")
            {
                yield return ((int)Number(replica, "port"), Number(replica, "offset"));
            }
        }
    }

    private Dictionary<string, string> Parts(string field) => _fields.TryGetValue(field, out var value)
        ? value.Split(',').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
        : [];
}
