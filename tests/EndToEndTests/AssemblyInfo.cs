using Xunit.Sdk;
using Xunit.v3;

// Each run of AppHost wants the machine for itself: start times and ports would suffer from a neighbour.
[assembly: Parallelization(Mode = ParallelMode.None)]
