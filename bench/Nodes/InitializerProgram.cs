using System.Globalization;
using System.Text.RegularExpressions;
using Bench.Machine;
using RedisCluster;
using RedisCluster.Topology;
using Support;

namespace Bench.Nodes;

/// <summary>ClusterInitializer as a user's AppHost starts it: a program of its own, with its settings in the environment.</summary>
internal static partial class InitializerProgram
{
    private static readonly string Path = System.IO.Path.ChangeExtension(typeof(ClusterInitializer.CommandLine).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);

    /// <summary>Brings the nodes to the wanted shape.</summary>
    /// <returns>The time of the whole process, and what it says of its own work.</returns>
    public static async Task<(TimeSpan Process, TimeSpan Reported)> RunAsync(WantedCluster wanted, CancellationToken cancellationToken)
    {
        var run = await ProgramRun.ToSuccessAsync(Path, [], Settings(wanted), cancellationToken);
        return ReadyLine.Match(run.Output) is { Success: true } ready
            ? (run.Elapsed, TimeSpan.FromSeconds(double.Parse(ready.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture)))
            : throw new BenchException($"Expected the initializer to say 'Ready after N s', found:\n{run.Output}");
    }

    /// <summary>Lets it try for so long, and kills it after another time.</summary>
    /// <param name="wanted">The shape.</param>
    /// <param name="startTimeout">How long it waits for nodes that do not answer.</param>
    /// <param name="deadline">How long it then tries.</param>
    /// <param name="killAfter">The end of a run that has not ended by itself.</param>
    /// <param name="cancellationToken">Ends it too.</param>
    public static Task<ProgramRun> TryAsync(WantedCluster wanted, TimeSpan startTimeout, TimeSpan deadline, TimeSpan killAfter, CancellationToken cancellationToken)
    {
        var settings = Settings(wanted);
        settings[SettingNames.Variable(SettingNames.StartTimeout)] = startTimeout.ToString("c", CultureInfo.InvariantCulture);
        settings[SettingNames.Variable(SettingNames.Deadline)] = deadline.ToString("c", CultureInfo.InvariantCulture);
        return ProgramRun.ToEndAsync(Path, [], settings, killAfter, cancellationToken);
    }

    private static Dictionary<string, string> Settings(WantedCluster wanted) => SettingNames.Environment(
        wanted.Nodes.Select(node => node.ToString()), wanted.Shards, wanted.ReplicasPerShard, wanted.NodeTimeout, RedisNodes.Password);

    [GeneratedRegex(@"Ready after (?<seconds>\d+\.\d+) s")]
    private static partial Regex ReadyLine { get; }
}
