namespace RedisCluster.Servers;

/// <summary>No usable server program; the message says what was looked at and what to do.</summary>
internal sealed class RedisServerNotFoundException(string message) : Exception(message);
