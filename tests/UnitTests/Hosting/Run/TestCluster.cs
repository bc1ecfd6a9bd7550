using Aspire.Hosting.ApplicationModel;
using RedisCluster.Hosting.Model;
using RedisCluster.Hosting.Run;
using RedisCluster.Topology;

namespace UnitTests.Hosting.Run;

/// <summary>A cluster of the model with fake nodes behind its ports: three primaries, then their replicas.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Password = "secret";
    private static readonly string[] Slots = ["0-5460", "5461-10922", "10923-16383"];
    private readonly List<FakeNode> _fakes = [];

    private TestCluster(RedisClusterResource resource) => (Resource, Watch) = (resource, new ClusterWatch(resource));

    public RedisClusterResource Resource { get; }

    public ClusterWatch Watch { get; }

    public IReadOnlyList<FakeNode> Fakes => _fakes;

    public static TestCluster Start(int count = 6, Func<string>? password = null)
    {
        var cluster = new TestCluster(Model(password));
        for (var number = 1; number <= count; number++)
        {
            cluster.Add(isLeaving: false);
        }

        return cluster;
    }

    /// <summary>Adds a node that answers as an empty one outside of every cluster, or as one of six, and runs.</summary>
    public IRedisClusterNode Add(bool isLeaving)
    {
        var number = _fakes.Count + 1;
        var fake = new FakeNode();
        _fakes.Add(fake);
        fake.Answer = command => Reply(command, number);
        var node = AddNode(Resource, number, fake.Port, isLeaving);
        Watch.SetRunning(node, isRunning: true);
        return node;
    }

    public static RedisClusterResource Model(Func<string>? password = null)
    {
        var options = new RedisClusterOptions();
        return new RedisClusterResource("redis", options)
        {
            PasswordParameter = new ParameterResource("redis-password", _ => password?.Invoke() ?? Password, secret: true),
            Setup = new ClusterSetup(options) { AppHostDirectory = "/nowhere", IsIsolated = false, DefaultVolumePrefix = "nowhere", TemporaryFolder = "/nowhere/data", SettingsProblems = [], Arrange = () => { } },
        };
    }

    public static IRedisClusterNode AddNode(RedisClusterResource cluster, int number, int port, bool isLeaving = false)
    {
        var node = new RedisClusterNodeProcess(new NodeSetup(cluster, number, port) { IsLeaving = isLeaving }, "/nowhere");
        cluster.Add(node);
        return node;
    }

    /// <summary>CLUSTER NODES as node <paramref name="me"/> of six gives it.</summary>
    public static NodeTable Table(int me, IReadOnlyList<int> ports) => ClusterNodesReply.Parse(Lines(me, ports));

    public static string Lines(int me, IReadOnlyList<int> ports) =>
        string.Concat(ports.Take(6).Select((port, index) =>
            $"{Id(index + 1)} 127.0.0.1:{port}@{port + 10000},localhost {(index + 1 == me ? "myself," : "")}{(index < 3 ? "master -" : $"slave {Id(index - 2)}")} 0 1 {index % 3 + 1} connected{(index < 3 ? $" {Slots[index]}" : "")}\n"));

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        await Task.WhenAll(_fakes.Select(fake => fake.DisposeAsync().AsTask()));
    }

    private static string Id(int number) => new((char)('a' + number - 1), 40);

    private string? Reply(string command, int number) => command switch
    {
        "CLUSTER NODES" => FakeNode.Text(number <= 6 ? Lines(number, [.. Resource.Nodes.Select(node => node.Port)]) : $"{Id(number)} :{_fakes[number - 1].Port}@1 myself,master - 0 0 0 connected"),
        "INFO replication" => FakeNode.Text(number is > 3 and <= 6 ? "role:slave\r\nmaster_host:127.0.0.1\r\nmaster_port:1\r\nmaster_link_status:up\r\nslave_repl_offset:7\r\n" : "role:master\r\n"),
        "DBSIZE" => ":0\r\n",
        _ => "+OK\r\n",
    };
}
