using System.Runtime.CompilerServices;
using Support;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Most tests wait, for timeouts of servers and clients, on nodes of their own. Those that measure how long something took run alone, at the end.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]

namespace IntegrationTests;

internal static class RunnerSettings
{
    [ModuleInitializer]
    internal static void Set()
    {
        Runner.CurrentToken = () => TestContext.Current.CancellationToken;
        Runner.Skip = Assert.Skip;
    }
}
