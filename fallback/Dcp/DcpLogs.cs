using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Brings the output of containers and processes into the logs of their resources: each line once, none lost.</summary>
internal sealed class DcpLogs(DcpClient client, ResourceLoggerService loggers) : IAsyncDisposable
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, LogReader> _readers = new();

    /// <summary>Reads from the first line on; does nothing for an object that is being read.</summary>
    public void Follow<T>(string id, string uid) where T : DcpObject, IDcpKind<T>
    {
        if (!_readers.TryGetValue(id, out var reader) || reader.Uid != uid)
        {
            reader?.Cancel();
            _readers[id] = new LogReader<T>(client, loggers, id, uid);
        }
    }

    /// <summary>Reads what is left of the log of an object that is about to be deleted.</summary>
    public async Task DrainAsync(string id, CancellationToken cancellationToken)
    {
        if (_readers.TryRemove(id, out var reader))
        {
            await reader.DrainAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var readers = _readers.Values.ToArray();
        foreach (var reader in readers)
        {
            reader.Cancel();
        }

        await Task.WhenAll(readers.Select(reader => reader.Ended));
    }

    [SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor wait handle, so there is nothing to dispose.")]
    private abstract class LogReader(string uid)
    {
        private readonly CancellationTokenSource _cancellation = new();

        public string Uid { get; } = uid;

        public Task Ended { get; protected init; } = Task.CompletedTask;

        protected CancellationToken Cancellation => _cancellation.Token;

        public void Cancel() => _cancellation.Cancel();

        public abstract Task DrainAsync(CancellationToken cancellationToken);
    }

    private sealed class LogReader<T> : LogReader where T : DcpObject, IDcpKind<T>
    {
        private static readonly string[] Sources = ["startup_stdout", "startup_stderr", "stdout", "stderr", "system"];

        private readonly DcpClient _client;
        private readonly ResourceLoggerService _loggers;
        private readonly string _id;
        private readonly long[] _lines = new long[Sources.Length];

        public LogReader(DcpClient client, ResourceLoggerService loggers, string id, string uid) : base(uid)
        {
            (_client, _loggers, _id) = (client, loggers, id);
            Ended = Task.WhenAll(Sources.Select((_, source) => FollowAsync(source)));
        }

        public override async Task DrainAsync(CancellationToken cancellationToken)
        {
            Cancel();
            await Ended;
            await Task.WhenAll(Sources.Select((_, source) => ReadAsync(source, follow: false, cancellationToken)));
        }

        private async Task FollowAsync(int source)
        {
            while (!await TryReadAsync(source))
            {
                await Task.Delay(Reconnect, Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        /// <returns>False when the connection broke.</returns>
        private async Task<bool> TryReadAsync(int source)
        {
            try
            {
                await ReadAsync(source, follow: true, Cancellation);
                return true;
            }
            catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
            {
                return true;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                return Cancellation.IsCancellationRequested;
            }
        }

        private async Task ReadAsync(int source, bool follow, CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var text in _client.ReadLogAsync<T>(_id, Sources[source], _lines[source], follow, cancellationToken))
                {
                    _lines[source]++;
                    var line = DcpLogLine.Parse(text, Sources[source]);
                    _loggers.Append(_id, line.Timestamp, line.Text, line.IsError);
                }
            }
            catch (DcpRequestException refused) when (refused.StatusCode == HttpStatusCode.NotFound)
            {
                // Deleted: there is nothing more to read.
            }
        }
    }
}
