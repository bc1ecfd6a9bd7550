using System.Runtime.CompilerServices;
using RedisCluster.Planning;
using RedisCluster.Topology;
using Xunit;

namespace UnitTests.Planning;

/// <summary>
/// Each file under Scenarios opens with a sentence that says what it shows. Then: how the nodes got there, what is observed
/// when it matters, and every plan until done or refused. Set UPDATE_SCENARIOS=1 to write what the planner says now.
/// </summary>
public sealed class ScenarioFiles
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void PlansAreAsWritten(string name)
    {
        var path = Path.Combine(Folder(), $"{name}.txt");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var given = string.Concat(text.Split('\n').TakeWhile(line => line != "---").Select(line => $"{line}\n"));
        var actual = $"{given}---\n{Play(given)}";
        if (Environment.GetEnvironmentVariable("UPDATE_SCENARIOS") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(text, actual);
    }

    [Fact]
    public void ThereAreScenarios() => Assert.True(Files.Count > 20);

    private static string Play(string given)
    {
        var lines = given.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => line[2..]);
        var (cluster, shape) = (new SimulatedCluster(0), (Shards: 3, Replicas: 1));
        foreach (var line in lines)
        {
            shape = Step(line.Split(' '), ref cluster, shape);
        }

        var wanted = cluster.Wanted(shape.Shards, shape.Replicas);
        var last = "";
        var story = new StringWriter { NewLine = "\n" };
        for (var pass = 1; pass < 50; pass++)
        {
            var result = Planner.Plan(cluster.Observe(), wanted);
            story.WriteLine($"pass {pass}\n{result}");
            if (result is not Plan { IsDone: false } plan || (plan.Steps.IsEmpty && pass > 1 && Equals(plan.ToString(), last)))
            {
                return story.ToString();
            }

            foreach (var action in plan.Actions)
            {
                cluster.Apply(action);
            }

            last = plan.ToString();
            cluster.Gossip();
        }

        return $"{story}still not done\n";
    }

    private static (int Shards, int Replicas) Step(string[] words, ref SimulatedCluster cluster, (int Shards, int Replicas) shape)
    {
        var numbers = words.Select(word => int.TryParse(word, out var number) ? number : -1).Where(number => number >= 0).ToArray();
        switch (words)
        {
            case ["nodes", _]: cluster = new SimulatedCluster(numbers[0]); break;
            case ["formed", _, "shards", _, "replicas"]: (cluster, shape) = (Convergence.Formed(numbers[0], numbers[1], keys: 12), (numbers[0], numbers[1])); break;
            case ["formed", _, "shards", _, "replicas", "without", "keys"]:
                (cluster, shape) = (new SimulatedCluster(numbers[0] * (1 + numbers[1])), (numbers[0], numbers[1]));
                cluster.Reconcile(cluster.Wanted(numbers[0], numbers[1]));
                break;
            case ["wanted", _, "shards", _, "replicas"]: shape = (numbers[0], numbers[1]); break;
            case ["add", _, "nodes"]:
                for (var count = 0; count < numbers[0]; count++)
                {
                    cluster.AddNode();
                }

                break;
            case ["killed", "after", _, "actions"]: cluster.Reconcile(cluster.Wanted(shape.Shards, shape.Replicas), numbers[0]); break;
            case ["node", _, "wiped"]: cluster[numbers[0]].Wipe(cluster.NewId()); break;
            case ["node", _, "loses", "nodes.conf"]: cluster[numbers[0]].LoseConfiguration(cluster.NewId()); break;
            case ["node", _, "fails", "over"]: cluster.Apply(new FailOver(cluster[numbers[0]].Announced, FailOverMode.Graceful)); break;
            case ["node", _, "has", "the", "epoch", "of", "node", _]: cluster[numbers[0]].Epoch = cluster[numbers[1]].Epoch; break;
            case ["nodes", "forget", "node", _]: cluster.ForgetEverywhere(cluster[numbers[0]]); break;
            case ["node", _, "bumps", "its", "epoch"]: cluster.Apply(new BumpEpoch(cluster[numbers[0]].Announced)); break;
            case ["node", _, "hides", "node", _]: cluster[numbers[0]].Peers[cluster[numbers[1]].Id].IsHidden = true; break;
            case ["node", _, "pings", "its", "replicas"]: cluster[numbers[0]].Offset++; break;
            case ["node", _, "stores", _]: cluster[numbers[0]].Keys[numbers[1]] = [$"key-{numbers[1]}-{numbers[0]}"]; break;
            case ["node", _, "drops", "slot", _]: cluster[numbers[0]].Slots = cluster[numbers[0]].Slots.Except(SlotSet.Of(numbers[1])); break;
            case ["node", _, "claims", "slots", var slots]: cluster[numbers[0]].Slots = cluster[numbers[0]].Slots.Union(SlotSet.Parse(slots)); break;
            case ["node", _, "gives", "slots", var slots, "to", "node", _]:
                cluster.Move(cluster[numbers[0]], cluster[numbers[1]], SlotSet.Parse(slots));
                cluster.Gossip();
                break;
            case ["node", _, "imports", "slot", _, "from", "node", _]:
                cluster[numbers[0]].Open[numbers[1]] = new OpenSlot(numbers[1], OpenSlotDirection.Importing, cluster[numbers[2]].Id);
                break;
            case ["node", _, "migrates", "slot", _, "to", "node", _]:
                cluster[numbers[0]].Open[numbers[1]] = new OpenSlot(numbers[1], OpenSlotDirection.Migrating, cluster[numbers[2]].Id);
                break;
            case ["node", _, "emptied"]: cluster[numbers[0]].Keys = []; break;
            case ["node", _, "loses", "its", "replication", "link"]: cluster[numbers[0]].LinkUp = false; break;
            case ["node", _, "was", "alone"]: cluster[numbers[0]].WasAlone = true; break;
            case ["all", "are", "young"]: cluster.Nodes.ForEach(node => node.IsYoung = true); break;
            case ["all", "gave", "one", "another", "up"]:
                foreach (var peer in cluster.Nodes.SelectMany(node => node.Peers.Values))
                {
                    peer.WasGivenUp = true;
                }

                break;
            case ["node", _, "unlisted"]: cluster[numbers[0]].IsListed = false; break;
            case ["node", _, "away"]: cluster[numbers[0]].IsUp = false; break;
            case ["node", _, "takes", "over", "from", "node", _, "while", "that", "is", "away"]: cluster.ReplaceWhileAway(cluster[numbers[1]], cluster[numbers[0]]); break;
            case ["all", "come", "back", "at", "new", "addresses"]:
                cluster.Nodes.ForEach(node => node.IsUp = true);
                cluster.ChangeAddresses();
                cluster.Gossip();
                break;
            case ["node", _, "gone"]: cluster.Nodes.RemoveAt(numbers[0] - 1); break;
            case ["addresses", "permuted"]: cluster.PermuteAddresses(); break;
            case ["time", "passes"]: cluster.Gossip(); break;
            default: throw new FormatException($"unknown step '{string.Join(' ', words)}'");
        }

        return shape;
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Scenarios");
}
