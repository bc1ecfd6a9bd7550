using System.Diagnostics;
using RedisCluster.Servers;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace Support;

/// <summary>One real server process with a folder of its own. Its verbs are the faults that happen to nodes.</summary>
internal sealed class RedisNode(RedisServer server, string folder, int port, string password) : IAsyncDisposable
{
    private Process? _process;

    /// <summary>The port clients and other nodes use; the bus port is 10000 above.</summary>
    public int Port { get; } = port;

    /// <summary>Where the node listens and what other nodes learn: a loopback address, different ones stand for different containers.</summary>
    public string Address { get; private set; } = "127.0.0.1";

    public string EndPoint => $"localhost:{Port}";

    public string LogFile => Path.Combine(folder, "node.log");

    public bool IsRunning => _process is { HasExited: false };

    private int RunningId => IsRunning ? _process!.Id : throw new ExpectationException($"Expected {EndPoint} to run.");

    /// <summary>Starts the process and returns when it answers.</summary>
    public async Task StartAsync(string address = "127.0.0.1")
    {
        await LaunchAsync(address, []);
        await Eventually.HoldsAsync($"{EndPoint} answers PING", _ => AnswersAsync(), found: Tail);
    }

    /// <summary>Starts the process, with settings that win over those of its file, and does not wait for an answer.</summary>
    public async Task LaunchAsync(string address, IReadOnlyList<string> settings)
    {
        ExpectationException.ThrowUnless(!IsRunning, $"Expected {EndPoint} not to run yet.");
        Address = address;
        Directory.CreateDirectory(folder);
        await WriteConfigAsync();
        var start = new ProcessStartInfo(server.Path) { WorkingDirectory = folder };
        start.ArgumentList.Add("redis.conf");
        foreach (var setting in settings)
        {
            start.ArgumentList.Add(setting);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"Expected {server.Path} to start.");
        LastWill.Ends(_process.Id);
    }

    /// <summary>SIGKILL: as a crash, nothing is said to anyone and nothing more is written, nor by a child that saves or rewrites.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        Signal.KillWithChildren(process);
        await process.WaitForExitAsync(CancellationToken.None);
        LastWill.Forget(process.Id);
        process.Dispose();
        _process = null;
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync(Address);
    }

    /// <summary>The volume is gone: no data, no identity.</summary>
    public async Task WipeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
        await StartAsync(Address);
    }

    /// <summary>The identity is gone, the data is still there.</summary>
    public async Task LoseNodesConfAsync()
    {
        await KillAsync();
        File.Delete(Path.Combine(folder, "nodes.conf"));
        await StartAsync(Address);
    }

    /// <summary>nodes.conf is damaged by hand while the node is stopped.</summary>
    public async Task DamageNodesConfAsync(Func<string, string> damage)
    {
        await KillAsync();
        await EditNodesConfAsync(damage);
        await StartAsync(Address);
    }

    /// <summary>Changes nodes.conf of a node that does not run.</summary>
    public async Task EditNodesConfAsync(Func<string, string> edit)
    {
        var file = Path.Combine(folder, "nodes.conf");
        await File.WriteAllTextAsync(file, edit(await File.ReadAllTextAsync(file)));
    }

    /// <summary>The data is gone, the identity is still there.</summary>
    public async Task LoseDataAsync()
    {
        await KillAsync();
        Directory.Delete(Path.Combine(folder, "appendonlydir"), recursive: true);
        await StartAsync(Address);
    }

    /// <summary>The process hangs: connections stay open and nothing answers, as with a stopped machine or a cut network.</summary>
    public void Hang() => Signal.StopProcess(RunningId);

    public void Resume() => Signal.ContinueProcess(RunningId);

    /// <summary>Sends one command on a connection of its own.</summary>
    /// <exception cref="NodeException">The node does not answer, or with an error.</exception>
    public async Task<Reply> AskAsync(params string[] command)
    {
        await using var connection = await ConnectAsync();
        return await connection.SendAsync(command, Runner.Token);
    }

    public async Task<string> AskTextAsync(params string[] command) => (await AskAsync(command)).Text;

    /// <summary>A connection for several commands.</summary>
    public Task<NodeConnection> ConnectAsync() =>
        NodeConnection.OpenAsync(new NodeAddress(Address, Port), user: null, password, TimeSpan.Zero, Runner.Token);

    public string Tail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(40)) : "no log";

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task<bool> AnswersAsync()
    {
        ExpectationException.ThrowUnless(IsRunning, $"Expected {EndPoint} to run, but it ended:\n{Tail()}");
        try
        {
            return await AskTextAsync("PING") == "PONG";
        }
        catch (NodeException exception) when (exception is NodeUnreachableException or NodeRefusedException { IsTransient: true })
        {
            return false; // Not listening yet, or reading its data.
        }
    }

    private async Task WriteConfigAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "password.conf"), $"requirepass \"{password}\"\nmasterauth \"{password}\"\n");

        // What the application gives its nodes, and what many of them on one machine need beside.
        await File.WriteAllTextAsync(Path.Combine(folder, "redis.conf"), $"""
            {NodeConfig.ForPort(Port).Text}
            bind {Address}
            bind-source-addr {Address}
            logfile node.log
            save ""
            include password.conf

            """);
    }
}
