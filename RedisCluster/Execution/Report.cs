using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using RedisCluster.Planning;
using RedisCluster.Topology;

namespace RedisCluster.Execution;

/// <summary>What was found, what of it is not as wanted, and what would be done about it; for readers and for programs.</summary>
internal sealed class Report(WantedCluster wanted, ClusterObservation observation)
{
    private readonly ImmutableArray<BrokenInvariant> _broken = Invariants.Check(observation, wanted);
    private readonly PlanningResult _plan = Planner.Plan(observation, wanted);

    public bool IsRefused => _plan is Refusal;

    public bool IsReady => _broken.IsEmpty && _plan is Plan { IsDone: true };

    /// <summary>One line for the log: how many nodes answer and what they are.</summary>
    public static string Summary(ClusterObservation observation)
    {
        var servers = string.Join(", ", observation.Nodes.Select(node => node.Server.ToString()).Distinct());
        var owners = observation.Nodes.Count(node => node.IsPrimary && !node.Slots.IsEmpty);
        var silent = string.Join("", observation.Sightings.Where(sighting => sighting is not NodeObservation).Select(sighting => $"; {Line(sighting)}"));
        return $"{observation.Nodes.Length} of {observation.Sightings.Length} nodes answer ({servers}): {owners} with slots, "
            + $"{observation.Nodes.Count(node => node.IsReplica)} replicas, {observation.Nodes.Where(node => node.IsPrimary).Sum(node => node.KeyCount)} keys{silent}";
    }

    /// <summary>Why a run gave up, and what to do.</summary>
    public static string WhyNotReady(Outcome.NotReady outcome)
    {
        const int Shown = 8;
        var lines = outcome.Broken.Take(Shown).Select(broken => broken.ToString()).ToList();
        if (outcome.Broken.Length > Shown)
        {
            lines.Add($"and {outcome.Broken.Length - Shown} more");
        }

        lines.AddRange(outcome.Waits.Select(wait => $"waited for {wait}"));
        if (outcome.LastFailure is { } failure)
        {
            lines.Add($"last failure: {failure}");
        }

        return string.Join("; ", lines) + ". Look at the logs of the nodes named here, then run again: it goes on from what is there.";
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append("wanted: ").Append(wanted).Append('\n');
        foreach (var sighting in observation.Sightings)
        {
            text.Append(Line(sighting)).Append('\n');
        }

        return text.Append(_broken.IsEmpty ? "every node agrees" : string.Join('\n', _broken)).ToString();
    }

    public string WithPlan() => $"{this}\n{_plan}";

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", IsReady);
            json.WriteStartObject("wanted");
            json.WriteNumber("shards", wanted.Shards);
            json.WriteNumber("replicasPerShard", wanted.ReplicasPerShard);
            json.WriteEndObject();
            json.WriteStartArray("nodes");
            foreach (var sighting in observation.Sightings)
            {
                Write(json, sighting);
            }

            json.WriteEndArray();
            json.WriteStartArray("broken");
            foreach (var broken in _broken)
            {
                json.WriteStartObject();
                json.WriteString("node", broken.Where?.ToString());
                json.WriteString("expected", broken.Expected);
                json.WriteString("found", broken.Found);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("refused", (_plan as Refusal)?.ToString());
            json.WriteStartArray("plan");
            foreach (var step in _plan is Plan plan ? plan.Steps : [])
            {
                json.WriteStartObject();
                json.WriteString("purpose", step.Purpose);
                json.WriteStartArray("actions");
                foreach (var action in step.Actions)
                {
                    json.WriteStringValue(action.ToString());
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("waits");
            foreach (var wait in _plan is Plan waiting ? waiting.Waits : [])
            {
                json.WriteStringValue(wait);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Line(NodeSighting sighting) => sighting switch
    {
        NodeObservation node => $"{node.Announced} {node.Id} {node.Server} {Role(node)}, {node.KeyCount} keys, {(node.ClusterStateOk ? "ok" : "not ok")}"
            + string.Concat(node.View.Myself.OpenSlots.Select(open => $" {open}")),
        UnreachableNode node => $"{node.Announced} does not answer: {node.Reason}",
        UnusableNode node => $"{node.Announced} cannot be used: {node.Reason}",
        _ => sighting.Announced.ToString(),
    };

    private static string Role(NodeObservation node) => node.IsReplica ? $"replica of {node.View.Myself.PrimaryId}" : $"primary of slots {node.Slots}";

    private static void Write(Utf8JsonWriter json, NodeSighting sighting)
    {
        json.WriteStartObject();
        json.WriteString("address", sighting.Announced.ToString());
        switch (sighting)
        {
            case NodeObservation node:
                json.WriteString("id", node.Id.Value);
                json.WriteString("server", node.Server.ToString());
                json.WriteString("role", node.IsReplica ? "replica" : "primary");
                json.WriteString("primary", node.View.Myself.PrimaryId?.Value);
                json.WriteString("slots", node.Slots.ToString());
                json.WriteNumber("keys", node.KeyCount);
                json.WriteBoolean("clusterStateOk", node.ClusterStateOk);
                break;
            case UnreachableNode node:
                json.WriteString("unreachable", node.Reason);
                break;
            case UnusableNode node:
                json.WriteString("unusable", node.Reason);
                break;
        }

        json.WriteEndObject();
    }
}
