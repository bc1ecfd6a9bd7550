using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace RedisCluster.Wire;

/// <summary>
/// One connection to a server. Commands sent without waiting in between travel together and are answered in their order. A driver would reconnect behind
/// our back, follow redirections and connect to every address that it reads: here these are the very addresses that may be wrong.
/// </summary>
internal sealed class RespConnection : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<TaskCompletionSource<Reply>> _unanswered = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _writing;
    private readonly Task _reading;
    private Exception? _broken;

    private RespConnection(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _writing = WriteAsync();
        _reading = ReadAsync();
    }

    /// <summary>Whether it can still be used.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _broken is null;
            }
        }
    }

    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static async Task<RespConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            return new RespConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command; an error is a reply too.</summary>
    /// <exception cref="IOException">The connection broke; it cannot be used any more.</exception>
    public Task<Reply> SendAsync(object[] command) => Send([command])[0];

    /// <summary>Sends commands with nobody else's in between.</summary>
    /// <returns>The replies, in the order of the commands. Each fails with an <see cref="IOException"/> when the connection breaks before it came.</returns>
    public IReadOnlyList<Task<Reply>> Send(IReadOnlyList<object[]> commands)
    {
        var bytes = Encode(commands);
        var answers = commands.Select(_ => new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        lock (_gate)
        {
            foreach (var answer in answers)
            {
                if (_broken is not null)
                {
                    answer.SetException(_broken);
                    continue;
                }

                _unanswered.Enqueue(answer);
            }

            _outgoing.Writer.TryWrite(bytes);
        }

        return [.. answers.Select(answer => answer.Task)];
    }

    public async ValueTask DisposeAsync()
    {
        Break(new IOException("the connection was closed"));
        await Task.WhenAll(_writing, _reading);
        _closing.Dispose();
    }

    // *2\r\n$3\r\nGET\r\n$1\r\nk\r\n
    private static byte[] Encode(IReadOnlyList<object[]> commands)
    {
        using var bytes = new MemoryStream();
        foreach (var command in commands)
        {
            bytes.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{command.Length}\r\n")));
            foreach (var argument in command)
            {
                var text = argument as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "");
                bytes.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${text.Length}\r\n")));
                bytes.Write(text);
                bytes.Write("\r\n"u8);
            }
        }

        return bytes.ToArray();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_closing.Token))
            {
                using var together = new MemoryStream();
                while (_outgoing.Reader.TryRead(out var command))
                {
                    together.Write(command);
                }

                await _stream.WriteAsync(together.GetBuffer().AsMemory(0, (int)together.Length), _closing.Token);
            }
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Break(cause);
        }
    }

    private async Task ReadAsync()
    {
        var reader = new RespReader(_stream);
        try
        {
            while (true)
            {
                var reply = await reader.ReadAsync(_closing.Token);
                TaskCompletionSource<Reply>? asked;
                lock (_gate)
                {
                    _unanswered.TryDequeue(out asked);
                }

                (asked ?? throw new IOException(reply.Error ?? "it sent a reply to nothing")).SetResult(reply); // -ERR max number of clients reached
            }
        }
        catch (Exception cause) when (cause is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Break(cause);
        }
    }

    private void Break(Exception cause)
    {
        var broken = cause as IOException ?? new IOException(cause.Message, cause);
        TaskCompletionSource<Reply>[] lost;
        lock (_gate)
        {
            if (_broken is not null)
            {
                return;
            }

            _broken = broken;
            lost = [.. _unanswered];
            _unanswered.Clear();
        }

        _closing.Cancel();
        _client.Dispose();
        foreach (var answer in lost)
        {
            answer.SetException(broken);
            _ = answer.Task.Exception; // Seen: whoever asked may have stopped waiting.
        }
    }
}
