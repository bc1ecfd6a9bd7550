namespace Aspire.Hosting;

/// <summary>What a node of the cluster is on this machine.</summary>
public enum RedisClusterRuntime
{
    /// <summary>Containers when an engine answers and has or can pull the image, otherwise processes.</summary>
    Auto,

    /// <summary>Containers in Docker or Podman; without an engine the start is refused.</summary>
    Container,

    /// <summary>redis-server or valkey-server processes on this machine.</summary>
    Process,
}
