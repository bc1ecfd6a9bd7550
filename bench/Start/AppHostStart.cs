using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bench.Machine;
using RedisCluster.Topology;
using RedisCluster.Wire;
using Support;

namespace Bench.Start;

/// <summary>What is started: the folder of an AppHost in the repository, and its settings.</summary>
internal sealed record StartedApplication(string Name, string Folder, IReadOnlyDictionary<string, string> Settings);

/// <summary>One start of an AppHost by the command that a user types, on ports and data of its own.</summary>
internal sealed class AppHostStart : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private const int Nodes = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _run = "bench-start-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly string _folder;
    private readonly int _apiPort = FreePorts.One();
    private readonly int _firstPort = FreePorts.Block(Nodes);
    private readonly string _password = RandomNumberGenerator.GetHexString(24);
    private int _answering;
    private long _allAnswer;
    private readonly StartedApplication _application;
    private readonly Engine? _engine;
    private readonly StringBuilder _output = new();
    private readonly Process _command;
    private readonly ProgramWatch _initializer;
    private readonly long _begun;
    private IReadOnlyList<string> _networks = [];

    public AppHostStart(StartedApplication application, Engine? engine)
    {
        (_application, _engine) = (application, engine);
        _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), _run)).FullName;
        LastWill.Removes(_folder);
        // A group of its own: Ctrl-C reaches it alone, and all of it.
        var start = new ProcessStartInfo("setsid", ["env", "--default-signal=INT", "dotnet", "run", "--no-build", "--no-launch-profile", "--project", application.Folder])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in application.Settings.Concat(OwnSettings()))
        {
            start.Environment[name] = value;
        }

        _begun = Stopwatch.GetTimestamp();
        _command = Process.Start(start) ?? throw new BenchException("Expected setsid to start.");
        LastWill.Ends(-_command.Id);
        _initializer = new ProgramWatch("ClusterInitializer.dll", _run, _command.Id);
        _command.OutputDataReceived += (_, line) => Append(line.Data);
        _command.ErrorDataReceived += (_, line) => Append(line.Data);
        _command.BeginOutputReadLine();
        _command.BeginErrorReadLine();
    }

    /// <summary>What the initializer needs: from its start, or from when the last node answers, until its end; null where there was none.</summary>
    public TimeSpan? InitializerTime => _initializer.Ended is { } ended ? Stopwatch.GetElapsedTime(Math.Max(_initializer.Begun, _allAnswer), ended) : null;

    /// <returns>The time from the command until <c>/health</c> of the web project answers 200.</returns>
    public async Task<TimeSpan> UntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{_apiPort}/health"));
        await UntilAsync("/health to answer 200", async () =>
        {
            _initializer.Look();
            await LookForNodesAsync(cancellationToken);
            return !_command.HasExited && await IsHealthyAsync(client, url, cancellationToken);
        }, mustRun: true, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(_begun);
        if (_engine is not null)
        {
            _networks = await _engine.NetworksAsync(await _engine.ContainersAsync(_run, cancellationToken), cancellationToken);
        }

        return elapsed;
    }

    /// <returns>The time from Ctrl-C until no process, container or network is left.</returns>
    public Task<TimeSpan> PressCtrlCAsync(CancellationToken cancellationToken) => EndAsync(() => Signal.InterruptGroup(_command.Id), cancellationToken);

    /// <returns>The time from <c>kill -9</c> of the AppHost until no process, container or network is left.</returns>
    public Task<TimeSpan> KillAsync(CancellationToken cancellationToken) => EndAsync(
        () =>
        {
            var program = Path.GetFileName(_application.Folder);
            var host = ProcessTable.OfRun(_run).Where(process => Path.GetFileName(process.CommandLine.Split(' ')[0]) == program).ToList();
            Signal.KillProcess(host is [var only] ? only.Id : throw new BenchException($"Expected one process of {program}, found: {string.Join("; ", host)}"));
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        if (ProcessTable.OfRun(_run).Count > 0)
        {
            await PressCtrlCAsync(deadline.Token);
        }

        LastWill.Forget(-_command.Id);
        _command.Dispose();
        if (_engine is not null)
        {
            await _engine.RemoveVolumesAsync(_run, deadline.Token);
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Both applications get all of them: what one does not know it does not read.
    private Dictionary<string, string> OwnSettings()
    {
        string Url() => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePorts.One()}");
        var apiPort = _apiPort.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["TMPDIR"] = _folder,
            ["XDG_DATA_HOME"] = _folder,
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = Url(),
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Url(),
            ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Url(),
            ["Parameters__redis-password"] = _password,
            ["RedisCluster__FirstPort"] = _firstPort.ToString(CultureInfo.InvariantCulture),
            ["RedisCluster__DataVolumeName"] = _run,
            ["SampleApi__Port"] = apiPort,
            ["Peer__Volume"] = Engine.Volume(_run, 1),
            ["Peer__Port"] = apiPort,
        };
    }

    // One question at a time: whoever waits for the start shall not slow it down.
    private async Task LookForNodesAsync(CancellationToken cancellationToken)
    {
        if (_answering == Nodes)
        {
            return;
        }

        try
        {
            await (await NodeConnection.OpenAsync(new NodeAddress("localhost", _firstPort + _answering), user: null, _password, TimeSpan.Zero, cancellationToken)).DisposeAsync();
            _answering++;
            _allAnswer = Stopwatch.GetTimestamp();
        }
        catch (NodeException)
        {
            return; // Not yet.
        }
    }

    private async Task<TimeSpan> EndAsync(Action end, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        end();
        await UntilAsync("nothing to be left", () => IsGoneAsync(cancellationToken), mustRun: false, cancellationToken);
        return Stopwatch.GetElapsedTime(begun);
    }

    private async Task<bool> IsGoneAsync(CancellationToken cancellationToken) =>
        ProcessTable.OfRun(_run).Count == 0
        && (_engine is null || ((await _engine.ContainersAsync(_run, cancellationToken)).Count == 0 && !await _engine.HasNetworkAsync(_networks, cancellationToken)));

    private static async Task<bool> IsHealthyAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(url, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task UntilAsync(string what, Func<Task<bool>> condition, bool mustRun, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience || (mustRun && _command.HasExited))
            {
                throw new BenchException($"{_application.Name}: expected {what} within {Patience.TotalSeconds:0} s, found after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s: "
                    + $"{string.Join("; ", ProcessTable.OfRun(_run))}\n{Output()}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
