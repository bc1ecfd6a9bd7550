namespace Aspire.Hosting;

internal static class RedisClusterContainerImageTags
{
    private const string Registry = "docker.io";
    private const string Image = "library/redis";
    private const string Tag = "8.6";
    private const string ValkeyImage = "valkey/valkey";
    private const string ValkeyTag = "9.1";

    public const string Reference = $"{Registry}/{Image}:{Tag}";
    public const string ValkeyReference = $"{Registry}/{ValkeyImage}:{ValkeyTag}";
}
