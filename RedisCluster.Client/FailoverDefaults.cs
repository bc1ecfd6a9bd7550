using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace RedisCluster.Client;

/// <summary>
/// Driver defaults that keep a failover short; whatever the connection string says wins over them.
/// The driver's own defaults leave calls to a dead primary stuck for 5.5 s even when its replica took over after 2.3 s.
/// </summary>
internal sealed class FailoverDefaults(RedisClusterClientSettings settings) : DefaultOptionsProvider
{
    /// <summary>How often a lost connection is tried again.</summary>
    internal static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The application may start before the cluster, and must survive the loss of all nodes.</summary>
    public override bool AbortOnConnectFail => false;

    /// <summary>Commands for a dead node fail at once instead of waiting in its backlog, so that the retry reaches the promoted replica.</summary>
    public override BacklogPolicy BacklogPolicy => BacklogPolicy.FailFast;

    /// <summary>The driver notices failed pending commands at a reconnect attempt: with its exponential default only every 2.5 to 3.5 s.</summary>
    public override IReconnectRetryPolicy ReconnectRetryPolicy { get; } = new LinearRetry((int)ReconnectInterval.TotalMilliseconds);

    /// <summary>Timeouts and reconnects are looked at on the heartbeat: once a second would add up to a second to each.</summary>
    public override TimeSpan HeartbeatInterval => TimeSpan.FromMilliseconds(100);

    /// <summary>Bounds what waits for a hung node, for asynchronous calls too: the driver's backlog looks at this one even for those.</summary>
    public override TimeSpan SyncTimeout => settings.CommandTimeout;

    /// <summary>A node that does not answer delays the start by this much at most.</summary>
    public override TimeSpan? ConnectTimeout => TimeSpan.FromSeconds(2);

    /// <summary>A first connect that fails is repeated by <see cref="ReconnectRetryPolicy"/>: repeating it inside would only block the start.</summary>
    public override int ConnectRetry => 1;

    /// <summary>A role that changed without a broken connection is seen within this time; the driver re-reads the topology at most this often.</summary>
    public override TimeSpan ConfigCheckInterval => TimeSpan.FromSeconds(5);

    /// <summary>Exception messages end up in logs: no key names in them.</summary>
    public override bool IncludeDetailInExceptions => false;
}
