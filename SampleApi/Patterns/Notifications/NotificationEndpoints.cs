using SampleApi.Problems;

namespace SampleApi.Patterns.Notifications;

/// <summary>Messages to all who listen now, over server-sent events.</summary>
internal static class NotificationEndpoints
{
    private const int MaxLength = 4096;

    internal static void AddNotifications(this IServiceCollection services) => services.AddSingleton<NotificationStream>();

    internal static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/notifications/{topic}").WithTags("Notifications");

        group.MapGet("/", SubscribeAsync)
            .WithSummary("Listens: each message is an event 'notification'")
            .WithDescription("The first event is 'subscribed', and 'heartbeat' comes every 15 s without a message. Messages sent while the client is away are not kept.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .DisableRequestTimeout();

        group.MapPost("/", PublishAsync)
            .WithSummary("Sends a message to all who listen, whichever instance they are connected to")
            .WithJsonBody()
            .Produces(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> SubscribeAsync(HttpContext context, string topic, NotificationStream notifications)
    {
        // Subscribed before the answer begins: a cluster that cannot is a 503, not a stream that stays silent.
        var subscription = await notifications.SubscribeAsync(RequestedName.Read(topic, "topic"), context.RequestAborted);
        if (subscription is null)
        {
            return TooMany.Of(context, "listeners", NotificationStream.MaxListeners);
        }

        context.Response.RegisterForDisposeAsync(subscription);
        return TypedResults.ServerSentEvents(notifications.ReadAsync(subscription, context.RequestAborted));
    }

    private static async Task<IResult> PublishAsync(string topic, Message message, NotificationStream notifications)
    {
        if (message.Text.Length is 0 or > MaxLength)
        {
            throw new BadRequestException($"text has {message.Text.Length} characters: expected 1 to {MaxLength}.");
        }

        await notifications.PublishAsync(RequestedName.Read(topic, "topic"), message.Text);
        return Results.Accepted();
    }

    /// <param name="Text">1 to 4096 characters.</param>
    internal sealed record Message(string Text);
}
