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
    private static readonly HashSet<int> Taken = [];

    public static IReadOnlyList<int> Take(int count)
    {
        lock (Gate)
        {
            var ports = new List<int>(count);
            for (var attempt = 0; ports.Count < count; attempt++)
            {
                if (attempt == 10_000)
                {
                    throw new InvalidOperationException($"Expected {count} free ports between {First} and {Last} (with their bus ports), found {ports.Count}.");
                }

                // Random, because another test run may be choosing at the same time.
                var port = Random.Shared.Next(First, Last + 1);
                if (!Taken.Contains(port) && !Taken.Contains(port + BusOffset) && IsFree(port) && IsFree(port + BusOffset))
                {
                    Taken.Add(port);
                    Taken.Add(port + BusOffset);
                    ports.Add(port);
                }
            }

            ports.Sort();
            return ports;
        }
    }

    private static bool IsFree(int port)
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
