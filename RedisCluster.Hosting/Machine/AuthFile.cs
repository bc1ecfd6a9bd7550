using Aspire.Hosting.ApplicationModel;

namespace RedisCluster.Hosting.Machine;

/// <summary>
/// The part of a node's config that holds the password. It is a file of its own, included after the node's config,
/// because argv and environment show in ps, in docker inspect and in the dashboard.
/// </summary>
internal static class AuthFile
{
    public const string Name = "auth.conf";

    public static async Task<string> TextAsync(ParameterResource password, CancellationToken cancellationToken)
    {
        var value = await password.GetValueAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The parameter {password.Name} has no value.");
        return $"requirepass {Quoted(value)}\nmasterauth {Quoted(value)}\n";
    }

    // The config syntax of Redis: quotes, with \" and \\ escaped; a line break would start a new directive.
    internal static string Quoted(string value) =>
        value.AsSpan().IndexOfAny('\r', '\n') < 0
            ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : throw new ArgumentException("A password of a Redis Cluster cannot contain a line break.", nameof(value));
}
