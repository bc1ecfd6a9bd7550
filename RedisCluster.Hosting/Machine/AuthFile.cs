using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Model;

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
        var value = await password.GetValueAsync(cancellationToken);

        // Checked before the start, too; but a value can be given in the dashboard.
        return PasswordRule.Problem(password.Name, value) is { } problem
            ? throw new DistributedApplicationException(problem)
            : $"requirepass {Quoted(value!)}\nmasterauth {Quoted(value!)}\n";
    }

    /// <summary>Writes the file so that only its owner can read it, from its first byte on.</summary>
    public static async Task WriteAsync(string path, ParameterResource password, CancellationToken cancellationToken)
    {
        var text = await TextAsync(password, cancellationToken);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

            // The mode counts only for a new file.
            File.Delete(path);
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    // The config syntax of Redis: quotes, with \" and \\ escaped.
    internal static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
