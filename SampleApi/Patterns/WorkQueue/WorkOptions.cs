using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>How this instance works on the queue. Section <c>Work</c>.</summary>
internal sealed class WorkOptions
{
    internal const string Section = "Work";

    /// <summary>Jobs at a time. Default 4; 0 (this instance only takes jobs in) to 64.</summary>
    [Range(0, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>How long one attempt may take. Default 20 s; 10 ms to 10 min, and less than <see cref="ReclaimAfter"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan HandleWithin { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a job is another's before it counts as abandoned; also the pause before a failed attempt is repeated. Default 30 s; 20 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "01:00:00")]
    public TimeSpan ReclaimAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts before a job is put among the dead letters. Default 3; 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;
}

[OptionsValidator]
internal sealed partial class WorkOptionsRanges : IValidateOptions<WorkOptions>;

/// <summary>An attempt that may go on after its job counts as abandoned would run beside its own repetition.</summary>
internal sealed class WorkOptionsValidator : IValidateOptions<WorkOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, WorkOptions options) => options.HandleWithin < options.ReclaimAfter
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Work:HandleWithin is {options.HandleWithin} and Work:ReclaimAfter is {options.ReclaimAfter}: expected HandleWithin to be less.");
}
