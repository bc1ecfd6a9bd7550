using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Aspire.Hosting.Bundle;

/// <summary>Makes the bundle out of the Aspire CLI, which carries it inside its one file.</summary>
internal static class BundleSetup
{
    /// <summary>Returns the folder with <c>dcp</c> and <c>managed</c> in it.</summary>
    public static async Task<string> ExtractAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        var cli = await ExtractCliAsync(archive, folder, cancellationToken);
        var setup = new ProcessStartInfo(cli, ["setup", "--nologo", "--non-interactive"]);
        setup.Environment["ASPIRE_HOME"] = Path.Combine(folder, "home");
        setup.Environment.Remove("ASPIRE_LAYOUT_PATH");
        setup.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "1";
        setup.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        var (exitCode, output) = await Command.RunAsync(setup, cancellationToken);

        // The stable path `bundle` is an absolute link into `versions`: only the latter survives a rename.
        var versions = Path.Combine(folder, "versions");
        if (exitCode == 0 && Directory.Exists(versions) &&
            Directory.EnumerateDirectories(versions).FirstOrDefault(version => BundleLocation.In(version).Exists) is { } bundle)
        {
            return bundle;
        }

        throw new DistributedApplicationException($"'aspire setup' of {Path.GetFileName(archive)} ended with exit code {exitCode} and made no usable bundle: {output}");
    }

    private static async Task<string> ExtractCliAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        var name = OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";
        await using var compressed = File.OpenRead(archive);
        await using var tar = new TarReader(new GZipStream(compressed, CompressionMode.Decompress));
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.Name == "package/bin/" + name)
            {
                // `aspire setup` extracts into the folder above its own and expects that to be named bin.
                var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName, name);
                await entry.ExtractToFileAsync(path, overwrite: true, cancellationToken);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }

                return path;
            }
        }

        throw new DistributedApplicationException($"{Path.GetFileName(archive)} was expected to contain bin/{name}, and does not.");
    }
}
