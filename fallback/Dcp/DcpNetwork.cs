using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>The network that all containers of the application share.</summary>
internal static partial class DcpNetwork
{
    private const int LongestApplicationName = 32;

    public static ContainerNetwork Create(string applicationName) => new()
    {
        Metadata = new(KnownNetworkIdentifiers.DefaultAspireContainerNetwork.Value),
        Spec = new(Name(applicationName, RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8))),
    };

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
