using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Model;

namespace RedisCluster.Hosting.Start;

/// <summary>Whether clients and nodes can read the password as it was given.</summary>
internal static class PasswordCheck
{
    public static async Task<IEnumerable<string>> ProblemsAsync(RedisClusterResource cluster, CancellationToken cancellationToken)
    {
        if (cluster.PasswordParameter is not { } password)
        {
            return [];
        }

        try
        {
            return PasswordRule.Problem(password.Name, await password.GetValueAsync(cancellationToken)) is { } problem ? [problem] : [];
        }
        catch (MissingParameterValueException)
        {
            // The dashboard will ask for it.
            return [];
        }
    }
}
