using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace IntegrationTests.Browser;

/// <summary>The script of this folder with its packages, installed once into a copy outside the source folders.</summary>
internal static class BrowserPackages
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    public static Task<string> InstalledAsync() => Installed.Value;

    private static async Task<string> InstallAsync()
    {
        var root = typeof(BrowserPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!;
        var copy = Directory.CreateDirectory(Path.Combine(root, "artifacts", "browser")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "tests", "IntegrationTests", "Browser")).Where(file => Path.GetExtension(file) is ".mjs" or ".json"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        var start = new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]) { WorkingDirectory = copy, RedirectStandardOutput = true, RedirectStandardError = true };
        using var npm = Process.Start(start) ?? throw new InvalidOperationException("Expected npm to start.");
        var output = npm.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = npm.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(npm.ExitCode == 0, $"npm ci ended with exit code {npm.ExitCode}:\n{await output}{await errors}");
        return copy;
    }
}
