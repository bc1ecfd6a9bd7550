using System.CommandLine;
using Bench.Api;
using Bench.Campaign;
using Bench.Parts;

namespace Bench;

/// <summary>The program's arguments.</summary>
internal static class CommandLine
{
    /// <summary>Runs this program as the API that a part loads; not for users.</summary>
    public const string ApiCommand = "api";

    private static readonly TimeSpan TimeToCleanUp = TimeSpan.FromSeconds(20);

    /// <summary>Ctrl-C ends the measuring, and what was started is removed before the program ends.</summary>
    public static InvocationConfiguration Configuration { get; } = new() { ProcessTerminationTimeout = TimeToCleanUp };

    public static RootCommand Create()
    {
        var names = Part.All.Select(part => part.Name).ToArray();
        var parts = new Argument<string[]>("parts") { Description = $"What to measure: {string.Join(", ", names)} (default: everything but campaign).", Arity = ArgumentArity.ZeroOrMore };
        parts.AcceptOnlyFromAmong(names);
        var list = new Option<bool>("--list") { Description = "Say what can be measured, and measure nothing." };
        var quick = new Option<bool>("--quick") { Description = "One round with little data: shows in about two minutes that everything runs." };
        var rounds = new Option<int?>("--rounds") { Description = "How often everything is measured (default 5; with --quick 1)." };
        var kills = new Option<int?>("--kills") { Description = "How often a primary is killed in search of lost writes (default 20; with --quick 1)." };
        var image = new Option<string>("--image") { Description = "Image of all containers that are started.", DefaultValueFactory = _ => "docker.io/library/redis:8.6" };
        var minutes = new Option<double>("--minutes") { Description = "How long campaign goes on (default 10).", DefaultValueFactory = _ => 10 };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() <= 0)
            {
                result.AddError("--minutes must be more than 0.");
            }
        });
        var seed = new Option<int?>("--seed") { Description = "The seed of campaign's first sequence of faults; the next ones count up (default: another one each time)." };
        var replay = new Option<FileInfo>("--replay") { Description = "Have campaign play this one sequence, and tell all of it." };
        replay.AcceptExistingOnly();
        var containers = new Option<bool>("--containers") { Description = "Have campaign's nodes be containers of --image." };
        var output = new Option<DirectoryInfo?>("--output") { Description = "Folder for results.json and results.md (default: artifacts/bench in the repository)." };
        var root = new RootCommand("Measures the project side by side with what one would use without it, on this machine, and prints a table.")
        {
            parts, list, quick, rounds, kills, image, minutes, seed, replay, containers, output,
        };
        foreach (var number in (Option<int?>[])[rounds, kills])
        {
            number.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() is < 1)
                {
                    result.AddError($"{number.Name} must be at least 1.");
                }
            });
        }

        root.SetAction((result, cancellationToken) =>
        {
            if (result.GetValue(list))
            {
                return Task.FromResult(List());
            }

            var isQuick = result.GetValue(quick);
            var chosen = result.GetValue(parts) is { Length: > 0 } some ? some : [.. Part.All.Where(part => !part.IsTest).Select(part => part.Name)];
            var effort = new Effort(result.GetValue(rounds) ?? (isQuick ? 1 : 5), result.GetValue(kills) ?? (isQuick ? 1 : 20), isQuick);
            var campaign = new CampaignOptions(
                TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(seed) ?? Random.Shared.Next(1_000_000), result.GetValue(replay), result.GetValue(containers));
            return BenchRun.ExecuteAsync([.. Part.All.Where(part => chosen.Contains(part.Name))], effort, result.GetRequiredValue(image), campaign, result.GetValue(output), cancellationToken);
        });
        root.Add(CreateApiCommand());
        return root;
    }

    private static Command CreateApiCommand()
    {
        var kind = new Argument<ApiKind>("kind");
        var port = new Argument<int>("port");
        var api = new Command(ApiCommand) { kind, port };
        api.Hidden = true;
        api.SetAction((result, cancellationToken) => ServedApi.ServeAsync(result.GetValue(kind), result.GetValue(port), cancellationToken));
        return api;
    }

    private static int List()
    {
        foreach (var part in Part.All)
        {
            Console.Out.WriteLine($"{part.Name,-10} {part.Title}{(part.NeedsRedisCli ? " (beside redis-cli)" : "")}");
        }

        return 0;
    }
}
