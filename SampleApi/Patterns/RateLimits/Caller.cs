using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SampleApi.Problems;

namespace SampleApi.Patterns.RateLimits;

/// <summary>Who asks: the API key, or without one the address.</summary>
internal static class Caller
{
    internal const string Header = "X-Api-Key";
    private const int MaxKeyLength = 128;

    /// <summary>A name for keys in Redis: an API key is a secret and appears there only as its hash.</summary>
    /// <exception cref="BadRequestException">The header is there and is not one API key.</exception>
    internal static string Of(HttpContext context)
    {
        var sent = context.Request.Headers[Header];
        if (sent.Count == 0)
        {
            return $"address:{Address(context.Connection.RemoteIpAddress)}";
        }

        var key = sent.Count == 1 ? sent[0]! : "";
        return key.Length is > 0 and <= MaxKeyLength && key.All(character => character is > ' ' and <= '~')
            ? $"key:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))[..16])}"
            : throw new BadRequestException($"{Header} is there {sent.Count} times, with {sent.Sum(value => value?.Length ?? 0)} characters: expected it once, with 1 to {MaxKeyLength} visible ASCII characters.");
    }

    // A caller with one IPv6 address has its /64: counted by address a caller could take a new one for each request.
    private static string Address(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        if (address.IsIPv4MappedToIPv6 || address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.MapToIPv4().ToString();
        }

        return $"{new IPAddress([.. address.GetAddressBytes().Take(8), .. new byte[8]])}/64";
    }
}
