using System.Diagnostics;
using System.Globalization;
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
        var output = await ProgramOutput.ReadAsync(process);
        return (process.ExitCode, output);
    }

    public static Process Start(IReadOnlyList<string> nodes, Action<ProcessStartInfo>? configure = null)
    {
        var program = Path.ChangeExtension(typeof(ClusterInitializer.CommandLine).Assembly.Location, null);
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RedisCluster__Password"] = RedisNodes.Password;
        start.Environment["RedisCluster__Deadline"] = "00:00:30";
        for (var i = 0; i < nodes.Count; i++)
        {
            start.Environment[string.Create(CultureInfo.InvariantCulture, $"RedisCluster__Nodes__{i}")] = nodes[i];
        }

        configure?.Invoke(start);
        return Process.Start(start) ?? throw new InvalidOperationException($"Expected {program} to start.");
    }
}
