using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The log of every resource: its own output and what is said about it.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes to the log of each replica.</summary>
    public ILogger GetLogger(IResource resource) => new ResourceLogger([.. resource.GetInstanceIds().Select(Log)]);

    public ILogger GetLogger(string resourceName) => new ResourceLogger([Log(resourceName)]);

    /// <summary>What the log has now, then each new line.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync(follow: true);

    /// <summary>What the log of the only instance of a resource has now, then each new line.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.GetInstanceIds()[0]);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Log(resourceName).WatchAsync(follow: false);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.GetInstanceIds()[0]);

    /// <summary>Ends the watches: nothing follows.</summary>
    public void Complete(string name) => Log(name).Complete();

    public void Complete(IResource resource)
    {
        foreach (var id in resource.GetInstanceIds())
        {
            Complete(id);
        }
    }

    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Complete();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a line of output; the timestamp is when the resource wrote it.</summary>
    internal void Append(string resourceId, DateTimeOffset timestamp, string text, bool isError) =>
        Log(resourceId).Append(timestamp, text, isError);

    private ResourceLog Log(string resourceId) => _logs.GetOrAdd(resourceId, static _ => new ResourceLog());

    private sealed class ResourceLogger(ResourceLog[] logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var text = formatter(state, exception) + (exception is null ? "" : Environment.NewLine + exception);
            foreach (var log in logs)
            {
                log.Append(TimeProvider.System.GetUtcNow(), text, logLevel >= LogLevel.Error);
            }
        }
    }
}
