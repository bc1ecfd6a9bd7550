using System.Text.RegularExpressions;

namespace Bench.Campaign;

/// <summary>Which states the initializer may refuse: only such as Redis does not reach by itself, because somebody took a node's identity.</summary>
internal static partial class RightRefusals
{
    /// <summary>The refusal in the output of a run that ended with 1; null when it did not refuse.</summary>
    public static string? In(string output) => Line.Match(output) is { Success: true } line ? line.Groups["refusal"].Value : null;

    /// <summary>Why the refusal is right; null when it is not.</summary>
    /// <param name="refusal">The initializer's words.</param>
    /// <param name="destructions">What nodes had lost by then.</param>
    public static string? Reason(string refusal, IReadOnlyCollection<Destruction> destructions)
    {
        var withoutIdentity = destructions.Where(destruction => destruction.Loss is Loss.Identity).Select(destruction => destruction.Node).Distinct().Count();
        return withoutIdentity == 0 ? null
            : refusal.Contains("both hold keys in it", StringComparison.Ordinal) || refusal.Contains("which nobody owns, on one node", StringComparison.Ordinal) ? "two nodes have keys of a slot, and one of them lost its nodes.conf"
            : refusal.Contains("on a node that lost its nodes.conf than", StringComparison.Ordinal) ? "a node lost its nodes.conf, and has keys that its replica has not"
            : refusal.Contains("belongs to no cluster", StringComparison.Ordinal) ? "a node lost its nodes.conf and has keys that others have too"
            : null;
    }

    [GeneratedRegex("(Nothing was changed|Stopped after [0-9]+ changes); refused: (?<refusal>.*)")]
    private static partial Regex Line { get; }
}
