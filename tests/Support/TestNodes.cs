using System.Net;
using RedisCluster.Servers;
using RedisCluster.Wire;
using StackExchange.Redis;

namespace Support;

/// <summary>Nodes of <see cref="RedisCluster.Testing"/> as tests and bench use them: with the found server, bounded by the running test.</summary>
internal static class TestNodes
{
    extension(RedisNodes nodes)
    {
        public static string Password => "secret of the tests";

        /// <summary>Nodes that listen on 127.0.0.1, with the settings that the application gives its nodes.</summary>
        public static async Task<RedisNodes> StartAsync(int count, RedisServer? server = null) =>
            await RedisNodes.StartAsync(count, await SettingsAsync(server), Runner.Token);

        /// <summary>
        /// Nodes as containers have them: each has an address of its own (127.0.1.1, 127.0.1.2, ...), clients reach it through a port that is
        /// published on 127.0.0.1, and the next start can give it another address.
        /// </summary>
        public static async Task<RedisNodes> StartBehindPublishedPortsAsync(int count)
        {
            var started = await RedisNodes.StartOnOwnAddressesAsync(count);
            foreach (var node in started.All)
            {
                started.EndFirst(new PublishedPort(node));
            }

            return started;
        }

        /// <summary>As before, with no port published: nobody answers at the announced <c>localhost:port</c>.</summary>
        public static async Task<RedisNodes> StartOnOwnAddressesAsync(int count)
        {
            ExpectationException.ThrowUnless(OperatingSystem.IsLinux(), "Only Linux listens on every 127.x.x.x address without preparation.");
            var started = new RedisNodes(await SettingsAsync(server: null));
            await Task.WhenAll(started.Prepare(count).Select((node, index) => node.StartAsync($"{NodeNetwork.AddressOf(index)}")));
            return started;
        }

        public Task<IReadOnlyList<RedisNode>> AddAsync(int count) => nodes.AddAsync(count, Runner.Token);

        /// <summary>Stops every node and starts node i on the address that <paramref name="addressOf"/> gives for it.</summary>
        public async Task ChangeAddressesAsync(Func<int, int> addressOf)
        {
            await Task.WhenAll(nodes.All.Select(node => node.KillAsync()));
            await Task.WhenAll(nodes.All.Select((node, index) => node.StartAsync($"{NodeNetwork.AddressOf(addressOf(index))}")));
        }

        /// <summary>An application's connection: seeds as announced, no admin commands.</summary>
        public async Task<ConnectionMultiplexer> ConnectAsync(int? count = null)
        {
            var options = new ConfigurationOptions { Password = RedisNodes.Password, AbortOnConnectFail = false };
            foreach (var node in nodes.All.Take(count ?? nodes.All.Count))
            {
                options.EndPoints.Add(new DnsEndPoint("localhost", node.Port));
            }

            return await ConnectionMultiplexer.ConnectAsync(options);
        }
    }

    extension(RedisNode node)
    {
        public Task StartAsync(string address = "127.0.0.1") => node.StartAsync(address, Runner.Token);

        public Task LaunchAsync(string address, IReadOnlyList<string> settings) => node.LaunchAsync(address, settings, Runner.Token);

        public Task KillAsync() => node.KillAsync(Runner.Token);

        public Task RestartAsync() => node.RestartAsync(Runner.Token);

        public Task WipeAsync() => node.WipeAsync(Runner.Token);

        /// <summary>The identity is gone, the data is still there.</summary>
        public Task LoseNodesConfAsync() => node.RestartAsync(folder => File.Delete(NodesConf(folder)), Runner.Token);

        /// <summary>nodes.conf is damaged by hand while the node is stopped.</summary>
        public Task DamageNodesConfAsync(Func<string, string> damage) => node.RestartAsync(folder => Edit(folder, damage), Runner.Token);

        /// <summary>Changes nodes.conf of a node that does not run.</summary>
        public void EditNodesConf(Func<string, string> edit) => Edit(node.Folder, edit);

        /// <summary>The data is gone, the identity is still there.</summary>
        public Task LoseDataAsync() => node.RestartAsync(folder => Directory.Delete(Path.Combine(folder, "appendonlydir"), recursive: true), Runner.Token);

        /// <summary>Sends one command on a connection of its own.</summary>
        /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
        public Task<Reply> AskAsync(params string[] command) => node.AskAsync(command, Runner.Token);

        public async Task<string> AskTextAsync(params string[] command) => (await node.AskAsync(command, Runner.Token)).Text;

        /// <summary>A connection for several commands.</summary>
        public Task<NodeConnection> ConnectAsync() => node.ConnectAsync(Runner.Token);
    }

    private static async Task<NodeSettings> SettingsAsync(RedisServer? server) =>
        new(server ?? await TestServers.DefaultAsync(), RedisNodes.Password, TimeSpan.FromSeconds(5), []);

    private static void Edit(string folder, Func<string, string> edit) => File.WriteAllText(NodesConf(folder), edit(File.ReadAllText(NodesConf(folder))));

    private static string NodesConf(string folder) => Path.Combine(folder, "nodes.conf");
}
