using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using SampleApi.Patterns.LiveSettings;
using SampleApi.Problems;

namespace SampleApi.Patterns.Leaderboards;

/// <summary>Scores of players: each board is one sorted set, so one node orders it.</summary>
internal static class LeaderboardEndpoints
{
    // Doubles are exact for whole numbers up to here.
    private const double MaxScore = 9_007_199_254_740_992;

    internal static void AddLeaderboards(this IServiceCollection services) => services.AddSingleton<Leaderboard>();

    internal static void MapLeaderboards(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/leaderboards/{board}").WithTags("Leaderboard")
            .WithFeature(nameof(FeatureOptions.Leaderboards), features => features.Leaderboards);

        group.MapPut("/{player}", SubmitAsync)
            .WithSummary("Submits a score, which counts if it is the player's best")
            .WithJsonBody();

        group.MapGet("/", TopAsync)
            .WithSummary("The best players");

        group.MapGet("/{player}", AroundAsync)
            .WithSummary("A player's place, with the neighbours above and below")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Standing> SubmitAsync(string board, string player, Submission submission, Leaderboard leaderboard)
    {
        (board, player) = (RequestedName.Read(board, "board"), RequestedName.Read(player, "player"));
        if (Math.Abs(submission.Score) > MaxScore)
        {
            throw new BadRequestException($"score is {submission.Score}: expected -{MaxScore} to {MaxScore}.");
        }

        return await leaderboard.SubmitAsync(board, player, submission.Score);
    }

    private static Task<IReadOnlyList<Standing>> TopAsync(
        string board,
        [FromQuery, Description("How many, from 1 to 100; 10 when it is missing.")] int? top,
        Leaderboard leaderboard) =>
        leaderboard.TopAsync(RequestedName.Read(board, "board"), RequestedCount.Read(top, "top", otherwise: 10, least: 1, most: 100));

    private static async Task<IResult> AroundAsync(
        string board,
        string player,
        [FromQuery, Description("How many neighbours on either side, from 0 to 50; 2 when it is missing.")] int? around,
        Leaderboard leaderboard)
    {
        var neighbours = RequestedCount.Read(around, "around", otherwise: 2, least: 0, most: 50);
        var standings = await leaderboard.AroundAsync(RequestedName.Read(board, "board"), RequestedName.Read(player, "player"), neighbours);
        return standings is null
            ? Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: $"{player} has no score on board {board} yet.")
            : Results.Ok(standings);
    }

    /// <param name="Score">Whole numbers are exact up to 2 to the power of 53.</param>
    internal sealed record Submission(double Score);
}
