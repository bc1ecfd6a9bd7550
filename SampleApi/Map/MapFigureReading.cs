using System.Diagnostics;
using RedisCluster.Client.Topology;

namespace SampleApi.Map;

/// <summary>Turns counters into figures. Keeps the counters of the reading before, for everything that is per second.</summary>
internal sealed class MapFigureReading
{
    private readonly Dictionary<string, (long Commands, long At)> _counters = [];

    /// <summary>By node id, of the nodes that answered.</summary>
    /// <param name="survey">What they answered.</param>
    /// <param name="timestamp">When, as of <see cref="TimeProvider.GetTimestamp"/>.</param>
    internal IReadOnlyDictionary<string, MapFigures> Read(ClusterSurvey survey, long timestamp)
    {
        var figures = new Dictionary<string, MapFigures>();
        foreach (var node in survey.View.Nodes)
        {
            if (survey.Figures.TryGetValue(node.Address, out var own))
            {
                figures[node.Id] = new MapFigures(own.UsedMemoryBytes, own.MaxMemoryBytes, own.Keys, OpsPerSecond(node.Id, own.Commands, timestamp), node.LagBytes);
            }
        }

        return figures;
    }

    private long? OpsPerSecond(string id, long commands, long timestamp)
    {
        var isKnown = _counters.TryGetValue(id, out var before);
        _counters[id] = (commands, timestamp);
        // Counters of a node that was restarted begin again.
        return isKnown && commands >= before.Commands && timestamp > before.At
            ? (long)Math.Round((commands - before.Commands) / Stopwatch.GetElapsedTime(before.At, timestamp).TotalSeconds)
            : null;
    }
}
