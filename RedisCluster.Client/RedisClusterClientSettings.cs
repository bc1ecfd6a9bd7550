using System.ComponentModel.DataAnnotations;

namespace RedisCluster.Client;

/// <summary>
/// How this application uses a Redis Cluster. Read from the configuration section <c>Aspire:RedisCluster:Client</c>, then from its sub-section with the
/// connection's name, then from what AppHost hands over (<c>ConnectionStrings:{name}</c>, <c>{NAME}_ADDRESSMAP</c>), then from code; each later one wins.
/// </summary>
public sealed class RedisClusterClientSettings
{
    /// <summary>
    /// All nodes as they announce themselves, and options: <c>localhost:7001,...,localhost:7006,password=...,abortConnect=false</c>.
    /// Spell the nodes exactly as announced: <c>127.0.0.1:7001</c> beside an announced <c>localhost:7001</c> counts as two servers.
    /// Options in it win over this library's defaults. No default: <c>ConnectionStrings:{name}</c> wins over it.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Where nodes are reached whose announced address leads elsewhere from here, as in a container: <c>localhost:7001=redis-node-1:7001,...</c>, announced=reachable.
    /// No default: AppHost hands it to those who need it, as <c>{NAME}_ADDRESSMAP</c>, which wins over it.
    /// </summary>
    public string? AddressMap { get; set; }

    /// <summary>How long one attempt of a command may take before it fails. Default 1 s; 50 ms to 1 min.</summary>
    /// <remarks>A hung node is noticed only by this: a connection to it stays open, and commands sent to it wait.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the retrying <c>IDatabaseAsync</c> repeats commands that are safe to repeat, counted from their first failure. Default 12 s; 0 (never) to 5 min.</summary>
    /// <remarks>The replica of a dead primary is promoted after 1.4 to 1.7 times the cluster's node timeout, which is 5 s by default.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Repeats also what has the same effect when it is applied twice but may answer otherwise: SET NX, DEL, SADD, HSETNX, GETDEL, RENAME. Default false.</summary>
    public bool RepeatByEffect { get; set; }

    /// <summary>How many bytes of the replication stream a replica may be behind before the health check reports degraded. Default 1 MiB; 0 to 1 TiB.</summary>
    [Range(typeof(long), "0", "1099511627776")]
    public long ReplicaLagLimit { get; set; } = 1024 * 1024;

    /// <summary>Connects when the connection is first asked for instead of when the host starts. Default false.</summary>
    public bool DisableAutoActivation { get; set; }

    /// <summary>Turns the health check off. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Turns the span per command off. Default false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Turns the duration and connection metrics off. Default false.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>Of the connection string and of the named section.</summary>
    internal string ConnectionName { get; set; } = "";

    /// <summary>The name as Aspire writes it where names have letters, digits and underscores only; beside the other one, or in its place.</summary>
    internal string PortableName => $"{(ConnectionName.Length > 0 && char.IsAsciiDigit(ConnectionName[0]) ? "_" : "")}{string.Concat(ConnectionName.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'))}";

    /// <summary>Copies every setting to <paramref name="other"/>.</summary>
    internal void CopyTo(RedisClusterClientSettings other)
    {
        other.ConnectionName = ConnectionName;
        foreach (var property in typeof(RedisClusterClientSettings).GetProperties())
        {
            property.SetValue(other, property.GetValue(this));
        }
    }
}
