using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>The network that all containers of the application share.</summary>
internal static partial class DcpNetwork
{
    private const int LongestApplicationName = 32;

    /// <summary>DCP says nothing about the network of an engine that does not answer.</summary>
    private static readonly TimeSpan CreationLimit = TimeSpan.FromSeconds(3);

    public static ContainerNetwork Create(string applicationName) => new()
    {
        Metadata = new(KnownNetworkIdentifiers.DefaultAspireContainerNetwork.Value),
        Spec = new(Name(applicationName, RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8))),
    };

    /// <summary>Returns when the engine has the network, could not make it, or has taken too long: a container that comes before it is tried again by DCP after a second or two.</summary>
    public static async Task WaitUntilThereAsync(DcpClient client, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CreationLimit);
        try
        {
            await foreach (var change in client.WatchAsync<ContainerNetwork>(limit.Token))
            {
                if (change.Object.Status?.State is "Running" or "FailedToStart")
                {
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException or DcpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // The containers say what is wrong with the engine, or with DCP.
        }
    }

    /// <summary>Like <c>aspire-session-network-hgfedcba-Shop</c> for an application named Shop.AppHost.</summary>
    public static string Name(string applicationName, string suffix)
    {
        const string ending = ".AppHost";
        var name = applicationName.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? applicationName[..^ending.Length] : applicationName;
        name = Unfit().Replace(name, "");
        name = name.Length > LongestApplicationName ? name[..LongestApplicationName] : name;
        return $"aspire-session-network-{suffix}" + (name.Length == 0 ? "" : $"-{name}");
    }

    [GeneratedRegex("[^a-zA-Z0-9_.-]")]
    private static partial Regex Unfit();
}
