using System.Globalization;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace EndToEndTests.App;

/// <summary>The nodes of a run, asked from the host.</summary>
internal static class Nodes
{
    extension(AppHostSettings settings)
    {
        public async Task<string> RedisCliAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
        {
            var program = (await TestServers.DefaultAsync()).Client ?? Tool.Find("redis-cli");
            Runner.Require(program is not null, "redis-cli is not on PATH: install redis-tools");
            return await Tool.RunAsync(program!, arguments, cancellationToken, environment: new Dictionary<string, string> { ["REDISCLI_AUTH"] = settings.Password });
        }

        /// <summary>Fails unless redis-cli finds the cluster whole.</summary>
        public async Task CheckWithRedisCliAsync(CancellationToken cancellationToken)
        {
            var check = await settings.RedisCliAsync(["--cluster", "check", Address(settings.FirstPort).ToString()], cancellationToken);
            ExpectationException.ThrowUnless(
                check.Contains("[OK] All nodes agree about slots configuration.", StringComparison.Ordinal) && check.Contains("[OK] All 16384 slots covered.", StringComparison.Ordinal)
                && !check.Contains("[WARNING]", StringComparison.Ordinal), check);
        }

        /// <summary>The first word of ROLE as the protocol says it, or null while the node does not answer.</summary>
        public async Task<string?> RoleAsync(int port, CancellationToken cancellationToken)
        {
            try
            {
                return (await settings.AskAsync(port, ["ROLE"], cancellationToken)).Items[0].Text;
            }
            catch (NodeException)
            {
                return null;
            }
        }

        public async Task<int> AnyPrimaryAsync(CancellationToken cancellationToken)
        {
            foreach (var port in settings.NodePorts)
            {
                if (await settings.RoleAsync(port, cancellationToken) == "master")
                {
                    return port;
                }
            }

            throw new ExpectationException("Expected a node that says it is a primary, found none.");
        }

        public async Task<int> ReplicaOfAsync(int primary, CancellationToken cancellationToken)
        {
            // "master", offset, and for each replica its address, port and offset.
            var role = await settings.AskAsync(primary, ["ROLE"], cancellationToken);
            return int.Parse(role.Items[2].Items[0].Items[1].Text, CultureInfo.InvariantCulture);
        }

        /// <summary>Ends the nodes of a run that let them run on, and removes what belongs to them.</summary>
        public async Task EndNodesAsync(CancellationToken cancellationToken)
        {
            if (settings.Form == NodeForm.Container)
            {
                await ContainerEngine.RemovePersistentAsync(settings.NodePorts, cancellationToken);
            }
            else
            {
                foreach (var port in settings.NodePorts.Where(port => !FreePorts.IsFree(port)))
                {
                    await ShutDownAsync(settings, port, cancellationToken);
                }
            }

            await Data.RemoveAsync(settings, cancellationToken);
        }

        private async Task<Reply> AskAsync(int port, object[] command, CancellationToken cancellationToken)
        {
            await using var connection = await NodeConnection.OpenAsync(Address(port), user: null, settings.Password, TimeSpan.Zero, cancellationToken);
            return await connection.SendAsync(command, cancellationToken);
        }
    }

    private static async Task ShutDownAsync(AppHostSettings settings, int port, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await NodeConnection.OpenAsync(Address(port), user: null, settings.Password, TimeSpan.Zero, cancellationToken);
            await connection.SendAsync(["SHUTDOWN", "NOSAVE"], cancellationToken);
        }
        catch (NodeUnreachableException)
        {
            // It ends without an answer.
        }
    }

    private static NodeAddress Address(int port) => new("localhost", port);
}
