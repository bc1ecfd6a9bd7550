using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using RedisCluster.Hosting.Machine;
using RedisCluster.Hosting.Model;
using RedisCluster.Servers;

namespace RedisCluster.Hosting.Start;

/// <summary>Decides for this machine whether nodes are containers or processes.</summary>
internal static class MachineRuntime
{
    // Building the application is not held longer; an engine that is slow to answer is one, nearly always.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The form for which resources are added while the application is built. It is decided at the start, when the engine may turn out not to have the image.
    /// </summary>
    public static RedisClusterRuntime LikelyForm(IConfiguration configuration, RedisClusterOptions options)
    {
        if (options.Runtime != RedisClusterRuntime.Auto)
        {
            return options.Runtime;
        }

        var answer = EngineProbe.AskOnceAsync(configuration, options.Image);
        return answer.Wait(Patience) && answer.Result.Engine is null ? RedisClusterRuntime.Process : RedisClusterRuntime.Container;
    }

    public static Task<RuntimeChoice> ChooseAsync(IConfiguration configuration, RedisClusterResource cluster, ILogger logger, CancellationToken cancellationToken)
    {
        var options = cluster.Options;
        return RuntimeChoice.MakeAsync(
            options,
            () => AskAsync(configuration, options, cancellationToken),
            engine =>
            {
                Log.Pulling(logger, cluster.Name, options.Image, engine.Command);
                return engine.PullAsync(options.Image, options.ProcessesMayStandIn, cancellationToken);
            },
            () => RedisServerLocator.FindAsync(
                new ServerHost("RedisCluster:ServerPath", HasContainers: true),
                options.ServerPath is { Length: > 0 } path ? Path.GetFullPath(path, cluster.Setup.AppHostDirectory) : null,
                line => Log.Progress(logger, cluster.Name, line),
                cancellationToken,
                options.Product.Programs));
    }

    // What was answered while the application was built still holds, except that the image may have been pulled or made since.
    private static async Task<EngineAnswer> AskAsync(IConfiguration configuration, RedisClusterOptions options, CancellationToken cancellationToken)
    {
        if (options.Runtime != RedisClusterRuntime.Auto)
        {
            return await EngineProbe.AskAsync(configuration, options.Image, cancellationToken);
        }

        var answer = await EngineProbe.AskOnceAsync(configuration, options.Image).WaitAsync(cancellationToken);
        return answer is { Engine: { } engine, HasImage: false } ? await engine.FindAsync(options.Image, cancellationToken) : answer;
    }
}
