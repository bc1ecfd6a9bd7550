using ClusterInitializer.Topology;

namespace ClusterInitializer.Planning;

/// <summary>Decides from what is seen now, and from nothing else, what to do next.</summary>
internal static class Planner
{
    public static PlanningResult Plan(ClusterObservation observation, WantedCluster wanted) =>
        throw new NotImplementedException();
}
