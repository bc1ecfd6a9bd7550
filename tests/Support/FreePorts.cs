using System.Net;
using System.Net.Sockets;

namespace Support;

/// <summary>Ports for nodes: both the port and its bus port (port + 10000) are free and were never handed out by this test run.</summary>
internal static class FreePorts
{
    public const int BusOffset = 10_000;

    // Port and bus port stay below 32768, where Linux begins to hand out ports for outgoing connections.
    private const int First = 11_000;
    private const int Last = 22_700;

    private static readonly Lock Gate = new();

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
                // Random, because another test run may be choosing at the same time.
                var first = Random.Shared.Next(First, Last + 2 - count);
                int[] ports = [.. Enumerable.Range(first, count), .. Enumerable.Range(first + BusOffset, count)];
                if (!ports.Any(Taken.Contains) && ports.All(IsFree))
                {
                    Taken.UnionWith(ports);
                    return first;
                }
            }
        }

        throw new ExpectationException($"Expected {count} consecutive free ports between {First} and {Last} (with their bus ports), found none.");
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
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
