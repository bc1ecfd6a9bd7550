using Bench.Campaign;
using Xunit;

namespace UnitTests.Bench.Campaign;

/// <summary>A lost write is explained by what was seen and by nothing less.</summary>
public sealed class LossesTests
{
    private const string Old = "aaaa";
    private const string New = "bbbb";
    private const string AfterLoss = "cccc";

    /// <summary>Node 0 acknowledged it at offset 500; node 1 is its replica.</summary>
    private static readonly Write Lost = new(1, "t1", 0, Old, 500, At: 100);

    [Theory]
    [InlineData(499, true)]
    [InlineData(500, false)]
    public void ReplicaThatTookOverWithoutItIsACause(long had, bool explains)
    {
        var cause = Losses(logs: ["", Promoted(Old, had, New)]).Explain(Lost);
        Assert.Equal(explains, cause is not null);
        Assert.True(!explains || cause is ("not yet replicated", "node 0 acknowledged it at offset 500; node 1 took over with 499"));
    }

    [Fact]
    public void ItGoesFromOneHistoryIntoTheNext()
    {
        Assert.NotNull(Losses(logs: [Promoted(New, 600, "dddd"), Promoted(Old, 700, New)]).Explain(Lost));
        Assert.Null(Losses(logs: [Promoted(New, 800, "dddd"), Promoted(Old, 700, New)]).Explain(Lost));
        Assert.Null(Losses(logs: ["", Promoted("eeee", 1, New)]).Explain(Lost));
    }

    [Fact]
    public void DestructionOfTheOnlyCopyIsACauseAndOfOneOfTwoIsNot()
    {
        Destruction wiped = new(0, Loss.Identity | Loss.Data, At: 200, AfterLoss, 0);
        Assert.Equal("all copies destroyed", Losses(destructions: [wiped]).Explain(Lost)?.Kind);
        Assert.Null(Losses(censuses: [new Census(150, [Has(0), Has(1)]), new Census(210, [Has(1)])], destructions: [wiped]).Explain(Lost));
        Assert.Null(Losses(destructions: [wiped with { At = 50 }, wiped with { Node = 1 }]).Explain(Lost with { At = 60 }));
    }

    [Fact]
    public void ReplicaThatCopiedAnEmptiedPrimaryHasLostItToo()
    {
        Census[] censuses = [new(150, [Has(0), Has(1)]), new(210, [Has(1)])];
        string[] logs = [$"1:M * Replication backlog created, my new replication IDs are '{AfterLoss}' and '0000'\n", $"1:S * Full resync from master: {AfterLoss}:0\n"];
        Destruction emptied = new(0, Loss.Data, 200, New, LogLength: 0);
        Assert.NotNull(Losses(logs, censuses, [emptied]).Explain(Lost));
        Assert.Null(Losses(logs, censuses, [emptied with { LogLength = logs[0].Length }]).Explain(Lost));
        Assert.Null(Losses([logs[0], ""], censuses, [emptied]).Explain(Lost));
    }

    [Fact]
    public void WriteToANodeWithoutIdentityIsNobodys()
    {
        Destruction before = new(0, Loss.Identity, At: 50, Old, 0);
        Assert.Equal("acknowledged outside the cluster", Losses(destructions: [before]).Explain(Lost)?.Kind);
        Assert.Null(Losses(destructions: [before with { Node = 1 }]).Explain(Lost));
        Assert.Null(Losses(destructions: [before with { At = 150 }]).Explain(Lost));
        Assert.Null(Losses(destructions: [before with { History = AfterLoss }]).Explain(Lost));
    }

    [Fact]
    public void TakeOverOfAReplicaThatWasApartIsACauseOfWhatItDidNotHave()
    {
        BlindTakeOver blind = new(1, At: 160);
        Holding replica = Has(1) with { Writes = [7], Tags = [Lost.Tag] };
        Assert.Equal("taken over blindly", Losses(censuses: [new Census(150, [Has(0), replica])], takeOvers: [blind]).Explain(Lost)?.Kind);
        Assert.NotNull(Losses(censuses: [new Census(150, [replica])], takeOvers: [blind]).Explain(Lost with { At = 170 }));
        Assert.Null(Losses(censuses: [new Census(150, [replica])], takeOvers: [blind], ready: [165]).Explain(Lost with { At = 170 }));
        Assert.Null(Losses(censuses: [new Census(150, [replica with { Writes = [7, Lost.Number] }])], takeOvers: [blind]).Explain(Lost));
        Assert.Null(Losses(censuses: [new Census(150, [replica with { Tags = ["t2"] }])], takeOvers: [blind]).Explain(Lost));
        Assert.Null(Losses(censuses: [new Census(150, [replica])]).Explain(Lost));
        Assert.Null(Losses(censuses: [new Census(150, [replica])], takeOvers: [blind]).Explain(Lost with { Node = 1 }));
    }

    [Fact]
    public void ReadsAreExplainedByTheNodesLossOrByTheKeysAndNeverWhenNobodyWroteTheValue()
    {
        WrongRead read = new("t1", 0, At: 300, WasNeverWritten: false, "");
        Destruction emptied = new(0, Loss.Data, 200, AfterLoss, 0);
        var losses = Losses(destructions: [emptied]);
        Assert.True(losses.Explains(read, []));
        Assert.True(losses.Explains(read with { Node = 1 }, [Lost]));
        Assert.False(losses.Explains(read with { Node = 1 }, []));
        Assert.False(losses.Explains(read with { At = 150 }, []));
        Assert.False(Losses(destructions: [emptied with { Loss = Loss.Identity }]).Explains(read, []));
        Assert.False(Losses(destructions: [emptied], ready: [250]).Explains(read, []));
        Assert.False(losses.Explains(read with { WasNeverWritten = true }, [Lost]));
    }

    [Fact]
    public void OnlyWhatRedisDoesNotReachByItselfMayBeRefused()
    {
        var refusal = RightRefusals.In("fail: ClusterInitializer[8] Nothing was changed; refused: localhost:7001: expected one owner of slot 1, found localhost:7004 claims it too, and both hold keys in it; decide\n");
        Assert.StartsWith("localhost:7001: expected one owner", refusal, StringComparison.Ordinal);
        Assert.NotNull(RightRefusals.Reason(refusal!, [new(0, Loss.Identity, 1, New, 0)]));
        Assert.Null(RightRefusals.Reason(refusal!, [new(0, Loss.Identity | Loss.Data, 1, New, 0), new(1, Loss.Data, 1, New, 0)]));
        Assert.NotNull(RightRefusals.Reason("localhost:7001: expected no more keys on a node that lost its nodes.conf than the 10 of localhost:7004", [new(0, Loss.Identity, 1, New, 0)]));
        Assert.Null(RightRefusals.Reason("localhost:7001: expected something else", [new(0, Loss.Identity, 1, New, 0)]));
        Assert.Null(RightRefusals.In("fail: ClusterInitializer[9] Not ready after 60 s: localhost:7001 does not answer"));
    }

    private static Losses Losses(string[]? logs = null, Census[]? censuses = null, Destruction[]? destructions = null, BlindTakeOver[]? takeOvers = null, long[]? ready = null) =>
        new(logs ?? ["", ""], censuses ?? [], destructions ?? [], takeOvers ?? [], ready ?? [], index => $"node {index}");

    private static Holding Has(int node) => new(node, IsPrimary: false, Old, 500, [Lost.Number], [Lost.Tag]);

    private static string Promoted(string history, long had, string next) =>
        $"12:M 29 Nov 2026 12:05:45.049 * Setting secondary replication ID to {history}, valid up to offset: {had + 1}. New replication ID is {next}\n";
}
