using System.Net;
using System.Net.Sockets;
using RedisCluster.Topology;

namespace RedisCluster.Servers;

/// <summary>
/// Ports for nodes of which nobody has to know: the port and its bus port (port + 10000) are free and were never handed out by this process. No other process that chooses in this way gets
/// them meanwhile: each is bound by a socket that does not listen. The operating system refuses it to a second one, and closes it when the process is killed.
/// </summary>
internal static class FreePorts
{
    // Port and bus port stay below 32768, where Linux begins to hand out ports for outgoing connections.
    private const int First = 11_000;
    private const int Last = 22_700;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Socket> Held = [];

    // From the beginning: what AppHost's launch profiles have.
    private static readonly HashSet<int> Taken = [15180, 17180, 19180, 20180, 21180, 22180];

    public static IReadOnlyList<int> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => One()).Order()];

    public static int One() => Block(1);

    /// <summary>The first of consecutive ports.</summary>
    public static int Block(int count)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 10_000; attempt++)
            {
                // Random, so that two processes seldom try the same.
                var first = Random.Shared.Next(First, Last + 2 - count);
                int[] ports = [.. Enumerable.Range(first, count), .. Enumerable.Range(BusPort.Of(first), count)];
                if (ports.Any(Taken.Contains))
                {
                    continue;
                }

                if (ports.All(TryHold))
                {
                    Taken.UnionWith(ports);
                    return first;
                }

                Free(ports);
            }
        }

        throw new InvalidOperationException($"Expected {count} consecutive free ports between {First} and {Last} (with their bus ports), found none.");
    }

    /// <summary>Gives nodes' ports back to the other processes. This one never takes them again: clients of the nodes may still be dialling.</summary>
    public static void Release(IEnumerable<int> ports)
    {
        lock (Gate)
        {
            Free(ports.SelectMany(port => new[] { port, BusPort.Of(port) }));
        }
    }

    /// <summary>Whether nobody listens on the port.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return TryBind(socket, port);
    }

    private static void Free(IEnumerable<int> ports)
    {
        foreach (var port in ports)
        {
            if (Held.Remove(port, out var socket))
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Binds the port, unless somebody has it.</summary>
    internal static bool TryHold(int port)
    {
        if (OperatingSystem.IsWindows())
        {
            return IsFree(port); // There a port that is bound twice belongs to either.
        }

        // For a socket that says it is TCP, .NET lets others bind the port from the beginning.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);
        if (!TryBind(socket, port))
        {
            socket.Dispose();
            return false;
        }

        // From here on a socket that permits it too, as servers' sockets do, may bind the port and listen: the node.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        Held[port] = socket;
        return true;
    }

    private static bool TryBind(Socket socket, int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
