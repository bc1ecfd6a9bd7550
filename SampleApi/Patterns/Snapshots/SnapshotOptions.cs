using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SampleApi.Patterns.Snapshots;

/// <summary>The job that one instance at a time runs. Section <c>Snapshots</c>.</summary>
internal sealed class SnapshotOptions
{
    internal const string Section = "Snapshots";

    /// <summary>The leaderboards that are kept. Default <c>main</c>, when none is configured.</summary>
    public IReadOnlyList<string> Boards { get; set; } = [];

    /// <summary>How often. Default 1 min; 50 ms to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the lock outlives an instance that died. Default 10 s; 300 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "00:10:00")]
    public TimeSpan LockLength { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class SnapshotOptionsValidator : IValidateOptions<SnapshotOptions>;
