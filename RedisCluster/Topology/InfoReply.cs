using System.Globalization;

namespace RedisCluster.Topology;

/// <summary>
/// The reply to INFO and to CLUSTER INFO: a field a line below headings. Of a field that comes several times (<c>module</c>) the last one counts.
/// <code>
/// # Replication
/// role:slave
/// master_link_status:up
/// slave0:ip=127.0.0.1,port=7006,state=online,offset=84,lag=1     while it is still being filled: state=send_bulk, offset=0
/// errorstat_MOVED:count=17
/// db0:keys=3,expires=1,avg_ttl=41219                             not there while there is no key
/// </code>
/// </summary>
internal sealed class InfoReply
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public InfoReply(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                _fields[line[..colon]] = line[(colon + 1)..];
            }
        }
    }

    /// <summary>What runs. Valkey names the Redis version that it is compatible with too, so its own field comes first.</summary>
    public ServerVersion Server => this["valkey_version"] is { } valkey
        ? new ServerVersion(ServerKind.Valkey, Version.Parse(valkey))
        : new ServerVersion(ServerKind.Redis, Version.Parse(this["redis_version"] ?? "0.0"));

    /// <summary>The replica's side of replication; null on a primary.</summary>
    public ReplicationState? Replication => this["role"] == "slave"
        ? new ReplicationState(
            new NodeAddress(this["master_host"] ?? "", (int)Number("master_port")),
            this["master_link_status"] == "up",
            Number("slave_repl_offset"))
        : null;

    /// <summary>Which history the data are of; null where the server does not say.</summary>
    public ReplicationHistory? History => this["master_replid"] is { Length: > 0 } id ? new ReplicationHistory(id, this["master_replid2"] ?? "") : null;

    /// <summary>The field as text; null when it is not there.</summary>
    public string? this[string field] => _fields.GetValueOrDefault(field);

    /// <summary>A field that is a whole number; 0 when it is not there.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public long Number(string field) => this[field] is { } value ? WholeNumber(value, field) : 0;

    /// <summary>A part of a field such as <c>keys</c> of <c>db0</c>; 0 when it is not there.</summary>
    /// <exception cref="FormatException">It is no whole number.</exception>
    public long Number(string field, string part) => Part(field, part) is { } value ? WholeNumber(value, field) : 0;

    /// <summary>Port and offset of each replica of a primary that is in step or catching up.</summary>
    public IEnumerable<(int Port, long Offset)> Replicas() =>
        from index in Enumerable.Range(0, (int)Number("connected_slaves"))
        let replica = $"slave{index}"
        where Part(replica, "state") == "online"
        select ((int)Number(replica, "port"), Number(replica, "offset"));

    private string? Part(string field, string part) => this[field]?.Split(',')
        .Select(pair => pair.Split('=', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0] == part)?[1];

    private static long WholeNumber(string value, string field) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"INFO has '{value}' in {field}: expected a whole number.");
}
