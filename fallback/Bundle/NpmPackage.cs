using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Aspire.Hosting.Bundle;

/// <summary>The npm package that carries the Aspire CLI for one platform.</summary>
/// <param name="Platform">A runtime identifier like <c>linux-x64</c>.</param>
/// <param name="Specification">What npm is asked for, like <c>@microsoft/aspire-cli-linux-x64@13.5.4</c>.</param>
internal sealed record NpmPackage(string Platform, string Specification)
{
    private const long ApproximateBytes = 127_500_000;
    private const string Remedy = "Install the Aspire CLI 13.5 or later (https://aspire.dev/get-started/install-cli/) and run 'aspire setup' once";

    /// <summary>The platforms that the Aspire CLI is built for; not every npm registry carries all of them.</summary>
    private static readonly string[] Platforms = ["linux-x64", "linux-arm64", "linux-musl-x64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    public static NpmPackage ForThisPlatform(string version) => For(RuntimeInformation.RuntimeIdentifier, version);

    /// <exception cref="DistributedApplicationException">The Aspire CLI is not built for the platform.</exception>
    public static NpmPackage For(string runtimeIdentifier, string version) => Platforms.Contains(runtimeIdentifier)
        ? new(runtimeIdentifier, $"@microsoft/aspire-cli-{runtimeIdentifier}@{version}")
        : throw new DistributedApplicationException($"There is no Aspire CLI for the platform '{runtimeIdentifier}', only for {string.Join(", ", Platforms)}: run the AppHost on one of these.");

    /// <summary>Downloads the package into <paramref name="folder"/> and checks it against the registry's SHA-512.</summary>
    public async Task<string> DownloadAsync(string folder, Action<string> progress, CancellationToken cancellationToken)
    {
        var integrity = await ExpectedIntegrityAsync(folder, cancellationToken);
        progress($"Fetching the Aspire orchestrator and dashboard once: {Specification} from npm, {Megabytes(ApproximateBytes)} MB...");

        // npm says nothing while it works: its own cache, placed here, shows how far it is.
        var cache = Path.Combine(folder, "npm");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reports = ReportAsync(cache, progress, done.Token);
        var packed = await NpmAsync(["pack", Specification, "--json", "--pack-destination", folder, "--cache", cache], cancellationToken);
        await done.CancelAsync();
        await reports;

        using var answer = JsonDocument.Parse(packed);
        var archive = Path.Combine(folder, answer.RootElement[0].GetProperty("filename").GetString()!);
        var found = await IntegrityAsync(archive, cancellationToken);
        return found == integrity
            ? archive
            : throw new DistributedApplicationException($"{Specification} was expected to have the integrity {integrity} that the npm registry states, and has {found}. Start again; if it stays, check the registry that npm is configured for.");
    }

    private async Task<string> ExpectedIntegrityAsync(string folder, CancellationToken cancellationToken)
    {
        var answer = await NpmAsync(["view", Specification, "dist.integrity", "--json", "--cache", Path.Combine(folder, "npm")], cancellationToken);
        return JsonSerializer.Deserialize<string>(answer)
            ?? throw new DistributedApplicationException($"The npm registry states no integrity for {Specification}. {Remedy}.");
    }

    private static async Task<string> IntegrityAsync(string archive, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(archive);
        return "sha512-" + Convert.ToBase64String(await SHA512.HashDataAsync(stream, cancellationToken));
    }

    private async Task<string> NpmAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            var npm = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments);
            npm.Environment["npm_config_update_notifier"] = "false";
            var (exitCode, output, error) = await Command.RunSeparatedAsync(npm, cancellationToken);
            return exitCode == 0
                ? output
                : throw new DistributedApplicationException($"npm could not get {Specification}. {Remedy}. npm said: {Reason(error)}");
        }
        catch (Win32Exception)
        {
            throw new DistributedApplicationException($"The Aspire orchestrator and dashboard are not on this machine, and npm, which would fetch them, is not either. Install Node.js with npm; or else: {Remedy}.");
        }
    }

    /// <summary>The telling lines among <c>npm error code E404</c>, <c>npm error 404 Not Found - GET https://...</c> and advice.</summary>
    private static string Reason(string error) =>
        string.Join("; ", error.Split('\n').Where(line => line.StartsWith("npm error", StringComparison.Ordinal)).Take(2).Select(line => line["npm error".Length..].Trim()));

    private static async Task ReportAsync(string cache, Action<string> progress, CancellationToken done)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(3));
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                var bytes = BytesIn(cache);
                if (bytes < ApproximateBytes)
                {
                    progress($"  {Megabytes(bytes)} of {Megabytes(ApproximateBytes)} MB");
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // Fetched, or given up: nothing more to report.
        }
    }

    private static long BytesIn(string folder)
    {
        var skipVanished = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles("*", skipVanished).Sum(file => file.Exists ? file.Length : 0)
            : 0;
    }

    private static long Megabytes(long bytes) => bytes / 1_000_000;
}
