using System.Diagnostics;
using System.Text;
using Xunit;
using ProcessTable = Support.ProcessTable;
using Signal = Support.Signal;

namespace EndToEndTests.App;

/// <summary>One start of AppHost, in a process group of its own as in a terminal.</summary>
internal sealed class AppHostRun : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Stopwatch sinceStart = Stopwatch.StartNew();
    private readonly string temporaryFolder;

    private AppHostRun(AppHostSettings settings, Leftovers foundBefore)
    {
        Settings = settings;
        FoundBefore = foundBefore;
        temporaryFolder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), settings.Marker)).FullName;
        // setsid: Ctrl-C must reach AppHost's group and not the test runner's.
        var start = new ProcessStartInfo("setsid", ["dotnet", .. settings.Command])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in settings.ToEnvironment())
        {
            start.Environment[name] = value;
        }
        // Whatever a run puts into the temporary folder must be gone after it.
        start.Environment["TMPDIR"] = temporaryFolder;
        // Nodes that are processes keep their data below the user's data folder.
        start.Environment["XDG_DATA_HOME"] = Data.FolderOf(settings);
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Resources = new ResourceService(settings);
    }

    public AppHostSettings Settings { get; }

    public ResourceService Resources { get; }

    /// <summary>What was there before this run, and so is not its own.</summary>
    public Leftovers FoundBefore { get; }

    public TimeSpan SinceStart => sinceStart.Elapsed;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static async Task<AppHostRun> StartAsync(AppHostSettings settings, CancellationToken cancellationToken)
    {
        Requirement.Holds(OperatingSystem.IsLinux(), "these tests find the processes of a run in /proc, which only Linux has");
        Tool.Require("setsid", "install util-linux");
        if (settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RequireAsync(cancellationToken);
        }
        return new AppHostRun(settings, await Leftovers.FindAsync(settings, cancellationToken));
    }

    /// <summary>Waits until sample-api answers its health check: everything it waits for is there, then.</summary>
    public async Task WaitUntilHealthyAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Settings.Api, Timeout = TimeSpan.FromSeconds(2) };
        await Wait.UntilAsync(async token =>
        {
            Assert.False(HasExited, $"AppHost ended before sample-api was healthy.\n{Output}");
            return await Http.StatusOrNoneAsync(client, "/health", token) == 200;
        }, within, async token => $"{Settings.Api}health does not answer 200 within {within.TotalSeconds:0} s of the start.\n{Output}\n{await Resources.DescribeAsync(token)}", cancellationToken);
    }

    public async Task WaitForExitAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await Wait.UntilAsync(_ => Task.FromResult(HasExited), within, () => $"AppHost still runs after {within.TotalSeconds:0} s.\n{Output}", cancellationToken);
        // Without a time limit this also waits for the last lines of output.
        await process.WaitForExitAsync(cancellationToken);
    }

    public void PressCtrlC() => Signal.InterruptGroup(process.Id);

    /// <summary>Kills AppHost itself with SIGKILL: it gets no chance to clean up.</summary>
    public void KillAppHost()
    {
        var program = ProcessTable.OfRun(Settings.Marker).Where(found => IsAppHost(found.CommandLine)).ToList();
        Assert.True(program.Count == 1, $"Expected one AppHost process, found: {string.Join("; ", program)}");
        Signal.KillProcess(program[0].Id);
    }

    /// <summary>Ends the run if a test did not, and fails when anything of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        if (!HasExited)
        {
            PressCtrlC();
        }
        await using (Resources)
        {
            try
            {
                await Leftovers.AssertNoneAsync(this, TimeSpan.FromSeconds(30), deadline.Token);
            }
            finally
            {
                EndForcibly();
                await File.WriteAllTextAsync(Path.Combine(Repository.Records, $"{Settings.Marker}.log"), Output, CancellationToken.None);
                process.Dispose();
            }
        }
        Assert.Empty(FoldersLeft());
        Directory.Delete(temporaryFolder, recursive: true);
    }

    /// <summary>Folders that the run left in its temporary folder; those of the SDK, which builds before it runs, are not the run's.</summary>
    private IEnumerable<string> FoldersLeft() => Directory.EnumerateDirectories(temporaryFolder)
        .Where(folder => Path.GetFileName(folder) is var name && name != ".dotnet" && !name.StartsWith("NuGetScratch", StringComparison.Ordinal)
            && !name.StartsWith("MSBuildTemp", StringComparison.Ordinal))
        // The SDK makes folders with random names and leaves them empty.
        .Where(folder => Directory.EnumerateFileSystemEntries(folder).Any());

    private static bool IsAppHost(string commandLine)
        => Path.GetFileNameWithoutExtension(commandLine.Split(' ')[0]) == "AppHost" || commandLine.Contains("AppHost.dll", StringComparison.Ordinal);

    private void EndForcibly()
    {
        foreach (var left in ProcessTable.OfRun(Settings.Marker))
        {
            Signal.KillProcess(left.Id);
        }
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (output)
            {
                output.AppendLine(line);
            }
        }
    }
}
