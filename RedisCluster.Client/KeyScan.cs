using System.Runtime.CompilerServices;
using RedisCluster.Topology;
using StackExchange.Redis;

namespace RedisCluster.Client;

/// <summary>
/// Goes through the keys of all primaries. A cursor is good for one node alone, and keys move between nodes: a slot counts as seen when one primary owned it from before its
/// first page until after its last, and was not moving it. What is left is looked for again, where it is by then.
/// </summary>
internal sealed class KeyScan(IConnectionMultiplexer connection, RedisValue pattern, int pageSize, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const string Script = "return {redis.call('CLUSTER', 'NODES'), redis.call('CLUSTER', 'INFO')}";

    private Exception? _fault;

    /// <summary>How long it goes on without having seen one more slot. A failover takes half of it with the default node timeout of 5 s.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    internal async IAsyncEnumerable<RedisKey> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (missing, seenAt) = (SlotSet.All, time.GetTimestamp());
        while (!missing.IsEmpty)
        {
            var before = missing.Count;
            foreach (var server in connection.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
            {
                var sockets = Sockets(server);
                var slots = (await OwnSlotsAsync(server, cancellationToken).ConfigureAwait(false)).Intersect(missing);
                if (slots.IsEmpty)
                {
                    continue;
                }

                var keys = server.KeysAsync(pattern: pattern, pageSize: pageSize).GetAsyncEnumerator(cancellationToken);
                await using var end = keys.ConfigureAwait(false);
                bool? next;
                while ((next = await NextAsync(keys).ConfigureAwait(false)) is true)
                {
                    if (missing.Contains(connection.GetHashSlot(keys.Current)))
                    {
                        yield return keys.Current;
                    }
                }

                // A connection that was lost and made again may lead to a server that was started again, with cursors of its own.
                if (next is false && sockets == Sockets(server))
                {
                    missing = missing.Except(slots.Intersect(await OwnSlotsAsync(server, cancellationToken).ConfigureAwait(false)));
                }
            }

            if (missing.Count < before)
            {
                seenAt = time.GetTimestamp();
            }
            else
            {
                if (time.GetElapsedTime(seenAt) > Patience)
                {
                    throw new RedisException($"The keys of slots {missing} could not be listed for {Patience.TotalSeconds:0} s: no primary that answers owned them without moving them. {_fault?.Message}", _fault);
                }

                // Nobody waits for it: it asks the nodes that are away, too.
                _ = connection.ConfigureAsync();
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static long Sockets(IServer server) => server.GetCounters().Interactive.SocketCount;

    // A node that is cut off from the others goes on answering, and does not know what they write: its cluster state is not ok.
    private async Task<SlotSet> OwnSlotsAsync(IServer server, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await server.ExecuteAsync("EVAL_RO", Script, 0).WaitAsync(cancellationToken).ConfigureAwait(false);
            var own = ClusterNodesReply.Parse((string)answer[0]!).Myself;
            return new InfoReply((string)answer[1]!)["cluster_state"] == "ok" ? own.Slots.Except(SlotSet.Of(own.OpenSlots.Select(open => open.Slot))) : SlotSet.Empty;
        }
        catch (Exception exception) when (EndsByItself(exception))
        {
            return SlotSet.Empty;
        }
    }

    /// <summary>Null when the rest has to be asked for again.</summary>
    private async ValueTask<bool?> NextAsync(IAsyncEnumerator<RedisKey> keys)
    {
        try
        {
            return await keys.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (EndsByItself(exception))
        {
            return null;
        }
    }

    private bool EndsByItself(Exception exception)
    {
        _fault = exception;
        return exception is RedisConnectionException or TimeoutException || (ServerRefusal.CodeOf(exception) is { } code && ServerRefusal.EndsByItself(code));
    }
}
