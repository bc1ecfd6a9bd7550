using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Support;

namespace EndToEndTests.App;

/// <summary>AppHost as a process, in a process group of its own as in a terminal: for what only a process can show.</summary>
internal sealed partial class AppHostRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _temporaryFolder;
    private readonly IReadOnlyList<string> _foundBefore;
    private readonly AppHostLaunch _launch;

    private AppHostRun(AppHostLaunch launch, IReadOnlyList<string> command, IReadOnlyList<string> foundBefore)
    {
        (_launch, _foundBefore) = (launch, foundBefore);
        _temporaryFolder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Settings.Marker)).FullName;
        // setsid: Ctrl-C must reach AppHost's group and not the test runner's.
        var start = new ProcessStartInfo("setsid", ["dotnet", .. command])
        {
            WorkingDirectory = launch.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        // Whatever a run puts into the temporary folder must be gone after it.
        start.Environment["TMPDIR"] = _temporaryFolder;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public AppHostSettings Settings => _launch.Settings;

    public Stopwatch SinceStart { get; } = Stopwatch.StartNew();

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The address in the login line that AppHost prints.</summary>
    public Uri LoginUrl
    {
        get
        {
            var line = LoginLine().Match(Output);
            ExpectationException.ThrowUnless(line.Success, $"Expected AppHost to print the dashboard's login address, found:\n{Output}");
            return new Uri(line.Groups["url"].Value);
        }
    }

    public static async Task<AppHostRun> StartAsync(AppHostLaunch launch, CancellationToken cancellationToken)
    {
        Runner.Require(OperatingSystem.IsLinux(), "These tests find the processes of a run in /proc, which only Linux has.");
        Runner.Require(Tool.Find("setsid") is not null, "setsid is not on PATH: install util-linux.");
        if (launch.Settings.Form == NodeForm.Container)
        {
            await ContainerEngine.RequireAsync(cancellationToken);
        }

        return new AppHostRun(launch, await launch.CommandAsync(cancellationToken), await Leftovers.FindAsync(launch, cancellationToken));
    }

    /// <summary>Waits until sample-api answers its health check: everything it waits for is there, then.</summary>
    public async Task UntilHealthyAsync(TimeSpan within)
    {
        using var client = new HttpClient { BaseAddress = Settings.Api, Timeout = TimeSpan.FromSeconds(2) };
        await Eventually.HoldsAsync(
            $"{Settings.Api}health answers 200",
            async token =>
            {
                ExpectationException.ThrowUnless(!_process.HasExited, $"Expected AppHost to run until sample-api is healthy, but it ended:\n{Output}");
                return await Http.StatusOrNoneAsync(client, "/health", token) == 200;
            },
            within, () => Output, TimeSpan.FromMilliseconds(50));
    }

    public async Task UntilExitAsync(TimeSpan within)
    {
        await Eventually.HoldsAsync("AppHost ends", () => _process.HasExited, within, () => Output);
        // Without a time limit this also waits for the last lines of output.
        await _process.WaitForExitAsync(Runner.Token);
    }

    public void PressCtrlC() => Signal.InterruptGroup(_process.Id);

    /// <summary>Kills AppHost itself with SIGKILL: it gets no chance to clean up.</summary>
    public void KillAppHost()
    {
        var program = ProcessTable.OfRun(Settings.Marker).Where(found => IsAppHost(found.CommandLine)).ToList();
        ExpectationException.ThrowUnless(program.Count == 1, $"Expected one AppHost process, found: {string.Join("; ", program)}");
        Signal.KillProcess(program[0].Id);
    }

    /// <summary>Fails when the run has left something, after the time, that was not there before it.</summary>
    public Task UntilNothingIsLeftAsync(TimeSpan within) => Leftovers.UntilGoneAsync(_launch, _foundBefore, within, () => Output);

    /// <summary>Ends the run if a test did not, and fails when anything of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            PressCtrlC();
        }

        try
        {
            await UntilNothingIsLeftAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            foreach (var left in ProcessTable.OfRun(Settings.Marker))
            {
                Signal.KillProcess(left.Id);
            }

            await File.WriteAllTextAsync(Path.Combine(Repository.Records, $"{Settings.Marker}.log"), Output, CancellationToken.None);
            _process.Dispose();
        }

        var folders = FoldersLeft();
        ExpectationException.ThrowUnless(folders.Count == 0, $"Expected no folder to be left in {_temporaryFolder}, found: {string.Join(", ", folders)}");
        Directory.Delete(_temporaryFolder, recursive: true);
    }

    /// <summary>Folders that the run left in its temporary folder; those of the SDK, which builds before it runs, are not the run's.</summary>
    private IReadOnlyList<string> FoldersLeft() =>
    [
        .. Directory.EnumerateDirectories(_temporaryFolder)
            .Where(folder => Path.GetFileName(folder) is var name && name != ".dotnet" && !name.StartsWith("NuGetScratch", StringComparison.Ordinal) && !name.StartsWith("MSBuildTemp", StringComparison.Ordinal))
            // The SDK makes folders with random names and leaves them empty.
            .Where(folder => Directory.EnumerateFileSystemEntries(folder).Any()),
    ];

    private static bool IsAppHost(string commandLine) =>
        Path.GetFileNameWithoutExtension(commandLine.Split(' ')[0]) == "AppHost" || commandLine.Contains("AppHost.dll", StringComparison.Ordinal);

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }

    [GeneratedRegex(@"Login to the dashboard at (?<url>http\S+/login\?t=\w+)")]
    private static partial Regex LoginLine();
}
