using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.KeyValue;

/// <summary>
/// The key in the path of a request: everything after <c>/kv/</c>, or another route's prefix, percent-decoded once. <c>a/b</c> and <c>a%2Fb</c> are the same key, <c>+</c> is a plus.
/// Read from the request line as it was sent, because the path that routing sees keeps <c>%2F</c> encoded and so could not tell it from <c>%252F</c>.
/// </summary>
internal static class RequestedKey
{
    private const string Prefix = "/kv/";
    private const int MaxBytes = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="BadRequestException">The key is empty, too long, or not percent-encoded UTF-8.</exception>
    internal static RedisKey Read(HttpRequest request, string? routed, string prefix = Prefix)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        // Not so for /kv without a key, for an absolute URL as a proxy is sent, and for /x/../kv/key.
        return Decode(path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : Uri.EscapeDataString(routed ?? ""), prefix);
    }

    internal static byte[] Decode(string encoded, string prefix = Prefix)
    {
        if (encoded.Length == 0)
        {
            throw new BadRequestException($"The key is empty: expected {prefix}{{key}}.");
        }

        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                // Anything beyond ASCII must be encoded in a URL; servers that let it through mean UTF-8.
                var length = char.IsHighSurrogate(encoded[i]) && i + 1 < encoded.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded, i, length));
                i += length - 1;
            }
            else if (i + 2 < encoded.Length && byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                throw new BadRequestException("The key has a percent sign without two hexadecimal digits after it: write %25 for a percent sign.");
            }
        }

        return Check([.. bytes]);
    }

    private static byte[] Check(byte[] key)
    {
        if (key.Length > MaxBytes)
        {
            throw new BadRequestException($"The key has {key.Length} bytes of UTF-8: expected at most {MaxBytes}.");
        }

        try
        {
            StrictUtf8.GetCharCount(key);
            return key;
        }
        catch (DecoderFallbackException)
        {
            throw new BadRequestException("The key is not UTF-8 after percent-decoding.");
        }
    }
}
