using System.Net;
using System.Net.Sockets;
using System.Text;
using RedisCluster.Topology;
using RedisCluster.Wire;

namespace UnitTests.Wire;

/// <summary>A server on loopback whose every reply a test writes byte for byte. It records what it was asked.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answer;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _served = [];
    private readonly Task _accepting;

    /// <param name="answer">Called for each command, its words parted by blanks. The greeting (PING) is answered already.</param>
    public FakeServer(Func<string, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public FakeServer(Func<string, string> answer)
        : this((command, stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(answer(command)), token).AsTask())
    {
    }

    public NodeAddress Address => new("localhost", ((IPEndPoint)_listener.LocalEndpoint).Port);

    public int Connections { get; private set; }

    public Task<NodeConnection> ConnectAsync(CancellationToken cancellationToken, TimeSpan? answerTimeout = null) =>
        NodeConnection.OpenAsync(Address, user: null, password: null, TimeSpan.Zero, cancellationToken, answerTimeout);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_served);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                Connections++;
                _served.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return; // The test is over.
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
                while (true)
                {
                    var command = string.Join(' ', (await reader.ReadAsync(_end.Token)).Items.Select(word => word.Text));
                    await (command == "PING" ? stream.WriteAsync("+PONG\r\n"u8.ToArray(), _end.Token).AsTask() : _answer(command, stream, _end.Token));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
            {
                return; // One side has closed it.
            }
        }
    }
}
