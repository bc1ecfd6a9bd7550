using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Dashboard;

/// <summary>The TCP ports of this machine, as far as the dashboard needs them.</summary>
internal static class LoopbackPorts
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <exception cref="DistributedApplicationException">Something listens at one of the addresses already.</exception>
    public static void RequireFree(IEnumerable<(string Setting, Uri Url)> addresses)
    {
        var busy = addresses.Where(address => !IsFree(address.Url.Port)).Select(address => $"""
            Port {address.Url.Port} of the dashboard is in use by another program: {address.Setting} is {address.Url.GetLeftPart(UriPartial.Authority)}.
            """).ToArray();
        if (busy.Length > 0)
        {
            throw new DistributedApplicationException($"""
                {string.Join(System.Environment.NewLine, busy)}
                If this application runs already, stop it there. Otherwise give the dashboard other ports in AppHost/Properties/launchSettings.json or in the environment.
                """);
        }
    }

    // Both loopback addresses, because `localhost` is both.
    private static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            // A machine may have IPv6 switched off; a port below 1024 may be denied, which the dashboard itself reports.
            return exception.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
