using Xunit.Sdk;
using Xunit.v3;

// Two runs of AppHost beside one another: much of a run is waiting, for nodes that hold an election or for the orchestrator's own end. More would only
// wait for the processor.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
