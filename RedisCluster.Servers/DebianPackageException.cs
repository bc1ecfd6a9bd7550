namespace RedisCluster.Servers;

/// <summary>A package could not be fetched, unpacked or run.</summary>
internal sealed class DebianPackageException(string message) : Exception(message);
