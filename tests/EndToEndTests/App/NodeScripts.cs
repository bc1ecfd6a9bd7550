using Support;
using Xunit;

namespace EndToEndTests.App;

/// <summary>The Node.js scripts of clients/, with their packages installed once into a copy outside the source folders.</summary>
internal static class NodeScripts
{
    private static readonly SemaphoreSlim Installing = new(1);
    private static string? Folder;

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // Also with CI=true: nothing else of the project needs npm.
        Assert.SkipWhen(Tool.Find("npm") is null, "npm is not on PATH: install Node.js with npm.");
        return await Tool.RunAsync("node", [script, .. arguments], cancellationToken, await InstalledAsync(cancellationToken));
    }

    public static async Task<string> InstalledAsync(CancellationToken cancellationToken)
    {
        await Installing.WaitAsync(cancellationToken);
        try
        {
            return Folder ??= await InstallAsync(cancellationToken);
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var copy = Directory.CreateDirectory(Repository.PathOf("artifacts", "end-to-end", "clients")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("tests", "EndToEndTests", "clients")))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }
        await Tool.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], cancellationToken, copy);
        return copy;
    }
}
