using System.Diagnostics;
using System.Globalization;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace RedisCluster.Testing;

/// <summary>One real server process with a folder of its own. What happens to nodes is a verb of <see cref="RedisClusterServers"/>.</summary>
public sealed class RedisNode
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private const int LinesOfLog = 40;

    private readonly NodeSettings _settings;
    private Process? _process;
    private string _lastWords = "";

    internal RedisNode(NodeSettings settings, string folder, int port)
    {
        (_settings, Port) = (settings, port);
        Folder = Path.Combine(folder, port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The port for clients and other nodes; the cluster bus is on the port 10000 above.</summary>
    public int Port { get; }

    /// <summary>The address for clients, as the node announces it: <c>localhost:port</c>.</summary>
    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"localhost:{Port}");

    /// <summary>Whether the process runs; one that hangs does.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Whether the process was stopped by <see cref="RedisClusterServers.HangAsync"/>.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>The file that the server logs to; gone when the cluster is disposed.</summary>
    public string LogFile => Path.Combine(Folder, "node.log");

    /// <summary>Its working directory.</summary>
    internal string Folder { get; }

    /// <summary>Where the node listens and what other nodes learn: a loopback address, different ones stand for different containers.</summary>
    internal string Address { get; private set; } = "127.0.0.1";

    /// <summary>Lines of its configuration that the other nodes do not have.</summary>
    internal IReadOnlyList<string> OwnLines { get; set; } = [];

    private int RunningId => IsRunning ? _process!.Id : throw new ExpectationException($"Expected {EndPoint} to run.");

    /// <summary>The address for clients.</summary>
    public override string ToString() => EndPoint;

    /// <summary>The last lines that the server logged, or printed when it could not start.</summary>
    public string LogTail() =>
        (File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(LinesOfLog)) : "no log") + (_lastWords.Length > 0 ? $"\n{_lastWords}" : "");

    /// <summary>Starts the process and returns when it answers.</summary>
    internal async Task StartAsync(string address, CancellationToken cancellationToken)
    {
        await LaunchAsync(address, [], cancellationToken);
        if (!await Until.HoldsAsync(AnswersAsync, LongestStart, Pause, TimeProvider.System, cancellationToken))
        {
            throw new ExpectationException($"Expected {EndPoint} to answer PING within {LongestStart.TotalSeconds:0} s, found:\n{LogTail()}");
        }
    }

    /// <summary>Starts the process, with settings that win over those of its file, and does not wait for an answer.</summary>
    internal async Task LaunchAsync(string address, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        ExpectationException.ThrowUnless(!IsRunning, $"Expected {EndPoint} not to run yet.");
        Address = address;
        Directory.CreateDirectory(Folder);
        await _settings.WriteAsync(Folder, Port, Address, OwnLines, cancellationToken);
        var start = new ProcessStartInfo(_settings.Server.Path, ["redis.conf", .. settings]) { WorkingDirectory = Folder, RedirectStandardError = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"Expected {_settings.Server.Path} to start.");
        LastWill.Ends(_process.Id);
        (IsHanging, _lastWords) = (false, "");
    }

    /// <summary>SIGKILL: as a crash, nothing is said to anyone and nothing more is written, nor by a child that saves or rewrites.</summary>
    internal async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is not { } process)
        {
            return;
        }

        Signal.KillWithChildren(process);
        await process.WaitForExitAsync(cancellationToken);
        LastWill.Forget(process.Id);
        process.Dispose();
        (_process, IsHanging) = (null, false);
    }

    /// <summary>Killed, and started again with its data and identity.</summary>
    internal async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync(cancellationToken);
        await StartAsync(Address, cancellationToken);
    }

    /// <summary>Killed, changed by <paramref name="change"/> in its folder, and started again.</summary>
    internal async Task RestartAsync(Action<string> change, CancellationToken cancellationToken)
    {
        await KillAsync(cancellationToken);
        change(Folder);
        await StartAsync(Address, cancellationToken);
    }

    /// <summary>The volume is gone: no data, no identity.</summary>
    internal Task WipeAsync(CancellationToken cancellationToken) => RestartAsync(folder => Directory.Delete(folder, recursive: true), cancellationToken);

    /// <summary>The process hangs: connections stay open and nothing answers, as with a stopped machine or a cut network.</summary>
    internal void Hang()
    {
        Signal.StopProcess(RunningId);
        IsHanging = true;
    }

    internal void Resume()
    {
        Signal.ContinueProcess(RunningId);
        IsHanging = false;
    }

    /// <summary>Sends one command on a connection of its own.</summary>
    /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
    internal async Task<Reply> AskAsync(object[] command, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return await connection.SendAsync(command, cancellationToken);
    }

    /// <summary>A connection for several commands.</summary>
    internal Task<NodeConnection> ConnectAsync(CancellationToken cancellationToken) =>
        NodeConnection.OpenAsync(new NodeAddress(Address, Port), user: null, _settings.Password, TimeSpan.Zero, cancellationToken);

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (!IsRunning)
        {
            _lastWords = _process is null ? "" : await _process.StandardError.ReadToEndAsync(cancellationToken);
            throw new ExpectationException($"Expected {EndPoint} to run, but it ended:\n{LogTail()}");
        }

        try
        {
            return (await AskAsync(["PING"], cancellationToken)).Text == "PONG";
        }
        catch (NodeException exception) when (exception is NodeUnreachableException or NodeRefusedException { IsTransient: true })
        {
            return false; // Not listening yet, or reading its data.
        }
    }
}
