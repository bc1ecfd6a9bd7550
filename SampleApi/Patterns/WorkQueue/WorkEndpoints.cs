using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SampleApi.Problems;
using StackExchange.Redis;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>Jobs that outlive the request, the instance and the node.</summary>
internal static class WorkEndpoints
{
    private const int MaxTextLength = 8192;

    internal static void AddWorkQueue(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<WorkOptions>, WorkOptionsRanges>();
        builder.Services.AddSingleton<IValidateOptions<WorkOptions>, WorkOptionsValidator>();
        builder.Services.AddOptions<WorkOptions>().BindConfiguration(WorkOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<JobQueue>();
        builder.Services.AddSingleton<DeadLetters>();
        builder.Services.AddKeyedSingleton(JobQueue.AddedChannel, (services, _) => new Nudge(services.GetRequiredService<IConnectionMultiplexer>(), JobQueue.AddedChannel));
        builder.Services.TryAddSingleton<DoWork>(Work.DoAsync);
        builder.Services.AddHostedService<WorkConsumer>();
    }

    internal static void MapWorkQueue(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/work").WithTags("Work queue");

        group.MapPost("/", EnqueueAsync)
            .WithSummary("Queues a job")
            .WithDescription("hash computes the SHA-256 of the text, wait waits as many milliseconds as the text says, fail never succeeds.")
            .WithJsonBody()
            .Produces<Receipt>(StatusCodes.Status202Accepted);

        group.MapGet("/{id:guid}", FindAsync)
            .WithSummary("What became of a job, up to a day after its end")
            .Produces<JobState>()
            .ProducesProblem(StatusCodes.Status404NotFound);

        group.MapGet("/", (JobQueue queue) => queue.CountAsync())
            .WithSummary("How many jobs wait, are in work, and were given up");

        group.MapDeadLetters();
    }

    private static async Task<IResult> EnqueueAsync(Order order, JobQueue queue, [FromKeyedServices(JobQueue.AddedChannel)] Nudge added)
    {
        if (order.Text.Length > MaxTextLength)
        {
            throw new BadRequestException($"text has {order.Text.Length} characters: expected at most {MaxTextLength}.");
        }

        Work.Check(order.Kind, order.Text);
        var id = Guid.CreateVersion7();
        await queue.EnqueueAsync(id.ToString("N"), order.Kind, order.Text, Activity.Current?.Id ?? "");
        added.Send();
        return Results.Accepted($"/work/{id}", new Receipt(id));
    }

    private static async Task<IResult> FindAsync(Guid id, JobQueue queue) => await queue.FindAsync(id.ToString("N")) is { } state
        ? Results.Ok(state)
        : Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such job: it was never queued, or ended more than a day ago.");

    /// <param name="Kind"><c>hash</c>, <c>wait</c> or <c>fail</c>.</param>
    /// <param name="Text">Up to 8192 characters.</param>
    internal sealed record Order(string Kind, string Text);

    /// <param name="Id">To ask for the job with.</param>
    internal sealed record Receipt(Guid Id);
}
