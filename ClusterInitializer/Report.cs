using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using RedisCluster.Planning;
using RedisCluster.Topology;

namespace ClusterInitializer;

/// <summary>What was found, what of it is not as wanted, and what would be done about it; for readers and for programs.</summary>
internal sealed class Report(WantedCluster wanted, ClusterObservation observation)
{
    private readonly ImmutableArray<BrokenInvariant> _broken = Invariants.Check(observation, wanted);
    private readonly PlanningResult _plan = Planner.Plan(observation, wanted);

    public bool IsRefused => _plan is Refusal;

    public bool IsReady => _broken.IsEmpty && _plan is Plan { IsDone: true };

    public override string ToString() =>
        $"wanted: {wanted}\n{string.Join('\n', observation.Sightings)}\n{(Reasons is [_, ..] reasons ? string.Join('\n', reasons) : "every node agrees")}";

    /// <summary>Why it is not ready: never empty then.</summary>
    private ImmutableArray<string> Reasons => _plan switch
    {
        _ when !_broken.IsEmpty => [.. _broken.Select(broken => broken.ToString())],
        Refusal refusal => [refusal.ToString()],
        Plan plan => [.. plan.Steps.Select(step => $"expected nothing left to do, found: {step.Purpose} ({step.Actions.Length} actions)"), .. plan.Waits.Select(wait => $"expected {wait}")],
        _ => [],
    };

    public string WithPlan() => $"{this}\n{_plan}";

    public string ToJson()
    {
        var plan = _plan as Plan ?? Plan.Nothing;
        return JsonSerializer.Serialize(
            new JsonReport(
                IsReady,
                new(wanted.Shards, wanted.ReplicasPerShard),
                [.. observation.Sightings.Select(Json)],
                [.. _broken.Select(broken => new JsonBroken(broken.Where?.ToString(), broken.Expected, broken.Found))],
                Reasons,
                (_plan as Refusal)?.ToString(),
                [.. plan.Steps.Select(step => new JsonStep(step.Purpose, [.. step.Actions.Select(action => action.ToString())]))],
                plan.Waits),
            JsonReports.Default.JsonReport);
    }

    private static JsonNode Json(NodeSighting sighting) => sighting switch
    {
        NodeObservation node => new JsonAnsweringNode(
            $"{node.Announced}", node.Id.Value, $"{node.Server}", node.IsReplica ? "replica" : "primary", node.View.Myself.PrimaryId?.Value, $"{node.Slots}", node.KeyCount, node.ClusterStateOk),
        UnreachableNode node => new JsonUnreachableNode($"{node.Announced}", node.Reason),
        UnusableNode node => new JsonUnusableNode($"{node.Announced}", node.Reason),
        _ => new JsonNode($"{sighting.Announced}"),
    };
}

internal sealed record JsonReport(
    bool Ready, JsonShape Wanted, ImmutableArray<JsonNode> Nodes, ImmutableArray<JsonBroken> Broken, ImmutableArray<string> Reasons, string? Refused, ImmutableArray<JsonStep> Plan, ImmutableArray<string> Waits);

internal sealed record JsonShape(int Shards, int ReplicasPerShard);

[JsonDerivedType(typeof(JsonAnsweringNode)), JsonDerivedType(typeof(JsonUnreachableNode)), JsonDerivedType(typeof(JsonUnusableNode))]
internal record JsonNode([property: JsonPropertyOrder(-1)] string Address);

internal sealed record JsonAnsweringNode(
    string Address, string Id, string Server, string Role, string? Primary, string Slots, long Keys, bool ClusterStateOk) : JsonNode(Address);

internal sealed record JsonUnreachableNode(string Address, string Unreachable) : JsonNode(Address);

internal sealed record JsonUnusableNode(string Address, string Unusable) : JsonNode(Address);

internal sealed record JsonBroken(string? Node, string Expected, string Found);

internal sealed record JsonStep(string Purpose, ImmutableArray<string> Actions);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(JsonReport))]
internal sealed partial class JsonReports : JsonSerializerContext;
