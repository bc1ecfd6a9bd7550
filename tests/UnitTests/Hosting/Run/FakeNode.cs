using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisCluster.Wire;

namespace UnitTests.Hosting.Run;

/// <summary>Something on a port of this machine that answers commands as a test wants.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _clients = [];
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    public FakeNode()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The reply to a command as it goes over the wire; null never comes.</summary>
    public Func<string, string?> Answer { get; set; } = _ => "+OK\r\n";

    /// <summary>What it sends as soon as a client is there.</summary>
    public string Greeting { get; init; } = "";

    public ConcurrentQueue<string> Commands { get; } = [];

    public static string Text(string text) => string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");

    public async ValueTask DisposeAsync()
    {
        if (_closed.IsCancellationRequested)
        {
            return;
        }

        await _closed.CancelAsync();
        await _accepting;
        await Task.WhenAll(_clients);
        _listener.Dispose();
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closed.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var reader = new RespReader(stream);
            try
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(Greeting), _closed.Token);
                while (true)
                {
                    var command = string.Join(' ', (await reader.ReadAsync(_closed.Token)).Items.Select(word => word.Text));
                    Commands.Enqueue(command);
                    if (Answer(command) is { } reply)
                    {
                        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply), _closed.Token);
                    }
                }
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // The client has what it wanted.
            }
        }
    }
}
