using System.Net;
using System.Net.Sockets;

namespace EndToEndTests.App;

/// <summary>Ports that nothing listens on, each given away once: what chose one may not listen yet. Runs of these tests follow one another.</summary>
internal static class FreePorts
{
    private const int BusPortOffset = 10000;

    // Below the range from which systems take ports for outgoing connections (Linux: 32768), bus ports included.
    private const int Lowest = 11000;
    private const int Highest = 22000;

    // With what AppHost's launch profiles have.
    private static readonly HashSet<int> given = [15180, 17180, 19180, 20180, 21180, 22180];

    /// <summary>The first of <paramref name="count"/> consecutive ports that are free together with their bus ports.</summary>
    public static int ForNodes(int count)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var first = Random.Shared.Next(Lowest, Highest);
            int[] ports = [.. Enumerable.Range(first, count), .. Enumerable.Range(first + BusPortOffset, count)];
            if (!ports.Any(given.Contains) && ports.All(IsFree))
            {
                given.UnionWith(ports);
                return first;
            }
        }
        throw new InvalidOperationException($"No {count} consecutive free ports with free bus ports between {Lowest} and {Highest}.");
    }

    public static int One() => ForNodes(1);

    public static bool IsFree(int port)
    {
        // SO_REUSEADDR on Unix lets connections in TIME_WAIT pass, never a listener.
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
