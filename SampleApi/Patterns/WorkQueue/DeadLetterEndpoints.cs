using System.ComponentModel;
using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using SampleApi.Problems;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>What people do with jobs that were given up: see why, and then let them be done after all, or drop them.</summary>
internal static class DeadLetterEndpoints
{
    internal static void MapDeadLetters(this RouteGroupBuilder work)
    {
        var group = work.MapGroup("/dead-letters");

        group.MapGet("/", (
            [FromQuery, Description("How many, from 1 to 100; 20 when it is missing.")] int? count,
            DeadLetters letters) => letters.NewestAsync(RequestedCount.Read(count, "count", otherwise: 20, least: 1, most: 100)))
            .WithSummary("The jobs that were given up last, with the reason");

        group.MapPost("/{letter}/requeue", RequeueAsync)
            .WithSummary("Queues a job again that was given up, with all its attempts")
            .Produces<WorkEndpoints.Receipt>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound);

        group.MapPost("/requeue", RequeueAllAsync)
            .WithSummary("Queues every job again that was given up until now");

        group.MapDelete("/{letter}", async (string letter, DeadLetters letters) => await letters.DropAsync(letter) ? Results.NoContent() : NoSuchLetter())
            .WithSummary("Drops a job that was given up")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);

        group.MapDelete("/", async (DeadLetters letters) => new Letters(await letters.DropAllAsync()))
            .WithSummary("Drops every job that was given up");
    }

    private static async Task<IResult> RequeueAsync(string letter, DeadLetters letters, [FromKeyedServices(JobQueue.AddedChannel)] Nudge added)
    {
        if (await letters.RequeueAsync(letter, Activity.Current?.Id ?? "") is not { } requeued)
        {
            return NoSuchLetter();
        }

        added.Send();
        var id = Guid.TryParseExact(requeued.Id, "N", out var known) ? known : Guid.Empty; // somebody else's letter: the job gets no id here either
        return Results.Accepted($"/work/{id}", new WorkEndpoints.Receipt(id));
    }

    private static async Task<Letters> RequeueAllAsync(DeadLetters letters, [FromKeyedServices(JobQueue.AddedChannel)] Nudge added, CancellationToken cancellationToken)
    {
        var requeued = await letters.RequeueAllAsync(Activity.Current?.Id ?? "", cancellationToken);
        added.Send();
        return new Letters(requeued);
    }

    private static IResult NoSuchLetter() => Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such letter: it was queued again or dropped already, or newer ones have pushed it out.");

    /// <param name="Count">How many.</param>
    internal sealed record Letters(int Count);
}
