using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log; the content starts with its time, which the dashboard takes off.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The latest lines of one log and those who follow it.</summary>
internal sealed class ResourceLog
{
    // A node that floods its log must not fill the memory of the AppHost.
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<ChannelWriter<LogLine>> _followers = [];
    private int _lastLine;

    public void Append(DateTimeOffset timestamp, string text, bool isError)
    {
        lock (_gate)
        {
            var line = new LogLine(++_lastLine, timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z' ", CultureInfo.InvariantCulture) + text, isError);
            _lines.Enqueue(line);
            if (_lines.Count > Capacity)
            {
                _lines.Dequeue();
            }

            foreach (var follower in _followers)
            {
                follower.TryWrite(line);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _lines.Clear();
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _followers.ForEach(follower => follower.TryComplete());
            _followers.Clear();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            foreach (var line in _lines)
            {
                channel.Writer.TryWrite(line);
            }

            if (follow)
            {
                _followers.Add(channel.Writer);
            }
            else
            {
                channel.Writer.Complete();
            }
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                List<LogLine> batch = [];
                while (channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_gate)
            {
                _followers.Remove(channel.Writer);
            }
        }
    }
}
