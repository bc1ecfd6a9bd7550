using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>The ranges that the attributes of <see cref="RedisClusterClientSettings"/> state.</summary>
[OptionsValidator]
internal sealed partial class RedisClusterClientSettingsRanges : IValidateOptions<RedisClusterClientSettings>;

/// <summary>What only a parsed connection string can tell. Every problem is listed, none stops the search for the others.</summary>
internal sealed class RedisClusterClientSettingsValidator : IValidateOptions<RedisClusterClientSettings>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RedisClusterClientSettings options)
    {
        _ = AddressMap.Read(options.AddressMap, out var ways);
        List<string> problems = [.. ConnectionProblems(options), .. ways];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> ConnectionProblems(RedisClusterClientSettings options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            var (name, portable) = (options.ConnectionName, options.PortableName);
            return [$"ConnectionString is missing: expected localhost:7001,...,password=... in ConnectionStrings:{name}{(name == portable ? "" : $" or ConnectionStrings:{portable}")}, or in the ConnectionString setting."];
        }

        ConfigurationOptions parsed;
        try
        {
            parsed = ConfigurationOptions.Parse(options.ConnectionString);
        }
        catch (ArgumentException exception)
        {
            // The driver's words may repeat a part of the string, and that part may be the password.
            return [$"ConnectionString cannot be read ({exception.GetType().Name}): expected host:port,...,option=value."];
        }

        return Problems(parsed);
    }

    private static IEnumerable<string> Problems(ConfigurationOptions parsed)
    {
        if (parsed.EndPoints.Count == 0)
        {
            yield return "ConnectionString names no node: expected localhost:7001,...";
        }

        if (parsed.AllowAdmin)
        {
            yield return "ConnectionString has allowAdmin=true: an application never needs commands such as FLUSHALL or CONFIG SET; remove it.";
        }

        if (HasAbortConnect(parsed))
        {
            yield return "ConnectionString has abortConnect=true: the application could not start before the cluster; remove it or write abortConnect=false.";
        }

        if (parsed.DefaultDatabase is > 0)
        {
            yield return $"ConnectionString has defaultDatabase={parsed.DefaultDatabase}: a cluster has database 0 only; remove it.";
        }
    }

    // The driver's own default is to abort, so the property alone cannot tell "said so" from "said nothing".
    private static bool HasAbortConnect(ConfigurationOptions parsed)
    {
        parsed.Defaults = new FailoverDefaults(new RedisClusterClientSettings());
        return parsed.AbortOnConnectFail;
    }
}
