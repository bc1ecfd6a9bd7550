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
        var settings = SettingNames.Environment(
            wanted.Nodes.Select(node => node.ToString()), wanted.Shards, wanted.ReplicasPerShard, wanted.NodeTimeout, RedisNodes.Password);
        var run = await ProgramRun.ToSuccessAsync(Path, [], settings, cancellationToken);
        return ReadyLine.Match(run.Output) is { Success: true } ready
            ? (run.Elapsed, TimeSpan.FromSeconds(double.Parse(ready.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture)))
            : throw new BenchException($"Expected the initializer to say 'Ready after N s', found:\n{run.Output}");
    }

    [GeneratedRegex(@"Ready after (?<seconds>\d+\.\d+) s")]
    private static partial Regex ReadyLine { get; }
}
