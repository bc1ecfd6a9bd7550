using System.Net.Mime;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using SampleApi.Problems;

namespace SampleApi.KeyValue;

/// <summary>
/// The text in a request's body. Any content type will do, since tools such as <c>curl -d</c> send theirs unasked, as long as the bytes are UTF-8 text;
/// a charset or a content encoding that says otherwise is refused.
/// </summary>
internal static class TextBody
{
    internal const int MaxBytes = 1024 * 1024;

    /// <exception cref="BadRequestException">The text is not UTF-8, or is announced as something else.</exception>
    /// <exception cref="BadHttpRequestException">It is longer than <see cref="MaxBytes"/>: 413.</exception>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        RefuseOtherEncodings(request);
        var expected = (int)Math.Clamp(request.ContentLength ?? 0, 0, MaxBytes);
        using var body = new MemoryStream(expected);
        await request.Body.CopyToAsync(body, cancellationToken);
        var text = body.GetBuffer().AsMemory(0, (int)body.Length);
        return Utf8.IsValid(text.Span) ? text : throw new BadRequestException("The body is not UTF-8 text.");
    }

    private static void RefuseOtherEncodings(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new BadRequestException($"The body is encoded as {request.Headers.ContentEncoding}: send it without a content encoding.", StatusCodes.Status415UnsupportedMediaType);
        }

        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue
            && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !type.Charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadRequestException($"The body is {type.Charset} text: send {MediaTypeNames.Text.Plain}; charset=utf-8.", StatusCodes.Status415UnsupportedMediaType);
        }
    }
}
