namespace RedisCluster.Servers;

/// <summary>No usable server program, or its package cannot be fetched, unpacked or run; the message says what was looked at and what to do.</summary>
public sealed class RedisServerNotFoundException(string message) : Exception(message);
