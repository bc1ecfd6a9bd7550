using System.Runtime.CompilerServices;
using EndToEndTests.App;
using Support;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Each run of AppHost wants the machine for itself: start times and ports would suffer from a neighbour.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EndToEndTests;

internal static class RunnerSettings
{
    [ModuleInitializer]
    internal static void Set()
    {
        Runner.CurrentToken = () => TestContext.Current.CancellationToken;
        Runner.Skip = Assert.Skip;
        // Nodes that are processes keep their data below the user's data folder: these tests have one of their own.
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Data.Folder);
    }
}
