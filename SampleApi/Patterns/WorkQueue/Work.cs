using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SampleApi.Problems;

namespace SampleApi.Patterns.WorkQueue;

/// <summary>Does a job; the answer is its result.</summary>
internal delegate Task<string> DoWork(Job job, CancellationToken cancellationToken);

/// <summary>What jobs do. A job may be done twice, so nothing here may do harm the second time.</summary>
internal static class Work
{
    private const int MaxWaitMilliseconds = 10_000;

    /// <exception cref="BadRequestException">No attempt could succeed, so the job is refused instead of queued.</exception>
    internal static void Check(string kind, string text)
    {
        if (kind is not ("hash" or "wait" or "fail"))
        {
            throw new BadRequestException($"kind is '{(kind.Length > 20 ? kind[..20] + "…" : kind)}': expected hash, wait or fail.");
        }

        if (kind == "wait" && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= MaxWaitMilliseconds))
        {
            throw new BadRequestException($"text of a job 'wait' is '{(text.Length > 20 ? text[..20] + "…" : text)}': expected milliseconds from 0 to {MaxWaitMilliseconds}.");
        }
    }

    internal static async Task<string> DoAsync(Job job, CancellationToken cancellationToken)
    {
        switch (job.Kind)
        {
            case "hash":
                return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.Text)));
            case "wait":
                await Task.Delay(int.Parse(job.Text, CultureInfo.InvariantCulture), cancellationToken);
                return $"waited {job.Text} ms";
            default:
                throw new InvalidOperationException($"A job '{job.Kind}' always fails.");
        }
    }
}
