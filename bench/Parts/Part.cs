using Bench.Campaign;
using Bench.Machine;
using Bench.Reporting;

namespace Bench.Parts;

/// <summary>How much to measure.</summary>
/// <param name="Rounds">How often everything is measured.</param>
/// <param name="Kills">How often a primary is killed in search of lost writes.</param>
/// <param name="IsQuick">With little data, for a run that shows that everything works.</param>
internal sealed record Effort(int Rounds, int Kills, bool IsQuick);

/// <summary>What a part needs to measure.</summary>
/// <param name="Tools">The programs of this machine.</param>
/// <param name="Effort">How much to measure.</param>
/// <param name="Image">What container nodes run.</param>
/// <param name="Campaign">How long faults happen, and which.</param>
/// <param name="Progress">Takes a line for the terminal.</param>
internal sealed record Measuring(Tools Tools, Effort Effort, string Image, CampaignOptions Campaign, Action<string> Progress);

/// <summary>Something that can be measured alone.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Title">As the report names it.</param>
/// <param name="NeedsRedisCli">True when redis-cli is what it is compared with.</param>
/// <param name="MeasureAsync">Measures; nothing of it is left when it ends.</param>
internal sealed record Part(string Name, string Title, bool NeedsRedisCli, Func<Measuring, CancellationToken, Task<IReadOnlyList<Figure>>> MeasureAsync)
{
    /// <summary>It is no measurement but a test: it runs only when it is named, and a missed target is a failure.</summary>
    public bool IsTest { get; init; }

    public static IReadOnlyList<Part> All { get; } =
    [
        new("start", "AppHost from the command to a healthy API, and its end", NeedsRedisCli: false, StartPart.MeasureAsync),
        new("forming", "Forming a cluster", NeedsRedisCli: true, FormingPart.MeasureAsync),
        new("testing", "A cluster for a test", NeedsRedisCli: false, TestingPart.MeasureAsync),
        new("healing", "Healing, and the run that finds nothing to do", NeedsRedisCli: false, HealingPart.MeasureAsync),
        new("moving", "Moving 5461 slots", NeedsRedisCli: true, MovingPart.MeasureAsync),
        new("client", "GET through a minimal API", NeedsRedisCli: false, ClientPart.MeasureAsync),
        new("failover", "Failover under load, node timeout 5 s", NeedsRedisCli: false, FailoverPart.MeasureAsync),
        new("campaign", "Faults at random", NeedsRedisCli: false, CampaignPart.MeasureAsync) { IsTest = true },
    ];
}
