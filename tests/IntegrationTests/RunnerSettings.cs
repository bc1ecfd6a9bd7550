using System.Runtime.CompilerServices;
using Support;
using Xunit;

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
