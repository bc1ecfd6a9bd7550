using Xunit;

namespace EndToEndTests;

/// <summary>The runs of AppHost that follow one another. Those of one collection go on beside those of another.</summary>
internal static class Runs
{
    public const string OfProcesses = "Runs with nodes as processes";

    // One at a time: the engine gives them their subnets, and a test looks at which.
    public const string OfContainers = "Runs with nodes as containers";

    // Those with a browser too.
    public const string Alone = "Runs that others would disturb, or that disturb others";
}

[CollectionDefinition(Runs.Alone, DisableParallelization = true)]
public sealed class RunsAlone;
