using System.Text.RegularExpressions;
using Xunit;

namespace EndToEndTests.App;

/// <summary>What a user sees of a start that went well.</summary>
internal static partial class Expectations
{
    extension(AppHostRun run)
    {
        /// <summary>The address in the login line that AppHost prints.</summary>
        public Uri LoginUrl
        {
            get
            {
                var line = LoginLine().Match(run.Output);
                Assert.True(line.Success, $"AppHost printed no line with the dashboard's login address.\n{run.Output}");
                return new Uri(line.Groups["url"].Value);
            }
        }

        /// <summary>Waits until the dashboard shows six healthy nodes, a healthy cluster and each instance of sample-api, and the initializer finished with exit code 0.</summary>
        public Task<ILookup<string, Resource>> WaitForWholeClusterAsync(TimeSpan within, CancellationToken cancellationToken)
        {
            string[] healthy = ["redis", .. run.Settings.NodePorts.Select(run.NodeName), "sample-api"];
            return run.Resources.WaitForAsync(
                resources => healthy.All(name => resources[name].Count() == (name == "sample-api" ? run.Settings.Instances : 1) && resources[name].All(resource => resource.IsRunningAndHealthy))
                    && resources["cluster-initializer"].Any(initializer => initializer is { State: "Finished", ExitCode: 0 }),
                $"{string.Join(", ", healthy)} ({run.Settings.Instances} of it) are running and healthy, cluster-initializer finished with exit code 0", within, cancellationToken);
        }
    }

    [GeneratedRegex(@"Login to the dashboard at (?<url>http\S+/login\?t=\w+)")]
    private static partial Regex LoginLine();
}
