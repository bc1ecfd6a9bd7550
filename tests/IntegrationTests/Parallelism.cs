using Xunit;

// One cluster at a time: with several on two cores, connections to a node that has just joined take longer than a client waits,
// and a test of "no failed call" measures the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
