using Microsoft.Extensions.Options;
using SampleApi.Problems;

namespace SampleApi.Patterns.Snapshots;

/// <summary>A job that one instance at a time runs, under a lock in the cluster.</summary>
internal static class SnapshotEndpoints
{
    internal static void AddSnapshots(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<SnapshotOptions>, SnapshotOptionsValidator>();
        builder.Services.AddOptions<SnapshotOptions>().BindConfiguration(SnapshotOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<ClusterLocks>();
        builder.Services.AddSingleton<SnapshotStore>();
        builder.Services.AddHostedService<SnapshotJob>();
    }

    internal static void MapSnapshots(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/snapshots").WithTags("Distributed lock");

        group.MapGet("/", async (ClusterLocks locks, ApiInstance instance) => new Duty(await locks.HolderAsync(SnapshotJob.LockName), instance.Name))
            .WithSummary("Which instance takes the snapshots now");

        group.MapGet("/{board}", FindAsync)
            .WithSummary("A leaderboard as it was when the last snapshot was taken")
            .Produces<Snapshot>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> FindAsync(string board, SnapshotStore snapshots) => await snapshots.FindAsync(RequestedName.Read(board, "board")) is { } snapshot
        ? Results.Ok(snapshot)
        : Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: $"There is no snapshot of board {board}: is it one of Snapshots:Boards?");

    /// <param name="Holder">Null while nobody holds the lock.</param>
    /// <param name="AnsweredBy">The instance that was asked.</param>
    internal sealed record Duty(string? Holder, string AnsweredBy);
}
