using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.KeyValue;

/// <summary>Texts under keys: one command each, so that a trace shows one node.</summary>
internal static class KeyValueEndpoints
{
    internal static void MapKeyValue(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/kv").WithTags("Key and value");

        group.MapPut("/{**key}", PutAsync)
            .WithSummary("Stores a text")
            .WithDescription("The body is UTF-8 text of up to 1 MiB. The key is everything after /kv/, percent-decoded, slashes included, up to 512 bytes of UTF-8.")
            .Accepts<string>("text/plain", "*/*")
            .WithMetadata(new BodyLimit(TextBody.MaxBytes))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

        group.MapGet("/{**key}", GetAsync)
            .WithSummary("Reads a text")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

        group.MapDelete("/{**key}", DeleteAsync)
            .WithSummary("Removes a text")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PutAsync(
        HttpContext context,
        string? key,
        [FromQuery, Description("Seconds after which the key is gone, from 1 to 2147483647; without it the key stays.")] string? ttl,
        IDatabaseAsync redis)
    {
        var name = RequestedKey.Read(context.Request, key);
        var expiry = TimeToLive.Read(ttl);
        var text = await TextBody.ReadAsync(context.Request, context.RequestAborted);
        await redis.StringSetAsync(name, text, expiry is { } seconds ? new Expiration(seconds) : Expiration.Default);
        return Results.NoContent();
    }

    private static async Task<IResult> GetAsync(HttpContext context, string? key, IDatabaseAsync redis)
    {
        var text = await redis.StringGetAsync(RequestedKey.Read(context.Request, key));
        return text.IsNull ? NoSuchKey() : Results.Bytes((ReadOnlyMemory<byte>)text, "text/plain; charset=utf-8");
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, string? key, IDatabaseAsync redis) =>
        await redis.KeyDeleteAsync(RequestedKey.Read(context.Request, key)) ? Results.NoContent() : NoSuchKey();

    private static IResult NoSuchKey() => Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such key: it was never stored, was removed, or has expired.");
}
