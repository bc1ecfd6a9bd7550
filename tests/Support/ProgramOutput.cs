using System.Diagnostics;
using Xunit;

namespace Support;

internal static class ProgramOutput
{
    /// <summary>All that a program printed, once it has ended.</summary>
    public static async Task<string> ReadAsync(Process process)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return await output + await errors;
    }
}
