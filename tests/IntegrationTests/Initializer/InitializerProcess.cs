using System.Diagnostics;
using RedisCluster;
using Support;

namespace IntegrationTests.Initializer;

/// <summary>The program itself, as AppHost starts it: settings from the environment.</summary>
internal static class InitializerProcess
{
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> nodes, params string[] arguments)
    {
        using var process = Start(nodes, start =>
        {
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }
        });
        var output = await Tool.OutputAsync(process);
        return (process.ExitCode, output);
    }

    public static Process Start(IReadOnlyList<string> nodes, Action<ProcessStartInfo>? configure = null, int shards = 3, int replicas = 1)
    {
        var program = Path.ChangeExtension(typeof(ClusterInitializer.CommandLine).Assembly.Location, null);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in SettingNames.Environment(nodes, shards, replicas, TimeSpan.FromSeconds(5), RedisNodes.Password))
        {
            start.Environment[name] = value;
        }

        start.Environment[SettingNames.Variable(SettingNames.Deadline)] = "00:00:30";
        configure?.Invoke(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"Expected {program} to start.");
    }
}
