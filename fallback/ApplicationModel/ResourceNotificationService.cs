using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of every resource: whoever knows it publishes it here, and whoever needs it watches.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ChannelWriter<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _loggers;
    private readonly WaitBehavior _defaultWaitBehavior;

    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        _logger = logger;
        _services = serviceProvider;
        _loggers = resourceLoggerService;
        _defaultWaitBehavior = serviceProvider.GetService<IOptions<ResourceNotificationServiceOptions>>()?.Value.DefaultWaitBehavior
            ?? WaitBehavior.StopOnResourceUnavailable;
    }

    /// <summary>Changes the state of a resource, of each of its replicas.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var resourceId in resource.GetInstanceIds())
        {
            await PublishUpdateAsync(resource, resourceId, stateFactory);
        }
    }

    /// <summary>Changes the state of one replica. The factory runs under a lock: it must be quick and must not publish.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var previous = _current.GetValueOrDefault(resourceId);
            if (previous is not null && previous.Resource != resource)
            {
                throw new InvalidOperationException($"The resource id '{resourceId}' belongs to another resource named '{previous.Resource.Name}'.");
            }

            var before = previous?.Snapshot ?? resource.InitialSnapshot();
            var after = resource.Complete(stateFactory(before), _services);
            if (previous is not null && after.SameAs(before))
            {
                return Task.CompletedTask;
            }

            if (before.State?.Text != after.State?.Text)
            {
                Log.StateChanged(_logger, resourceId, before.State?.Text, after.State?.Text);
            }

            var current = new ResourceEvent(resource, resourceId, after);
            _current[resourceId] = current;
            foreach (var watcher in _watchers)
            {
                watcher.TryWrite(current);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>The state by id, or by the name of a resource that has no replicas.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(resourceId, out resourceEvent))
            {
                ResourceEvent[] named = [.. _current.Values.Where(e => e.Resource.Name.Equals(resourceId, StringComparison.OrdinalIgnoreCase))];
                resourceEvent = named.Length == 1 ? named[0] : null;
            }
        }

        return resourceEvent is not null;
    }

    /// <summary>The current state of each resource, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            foreach (var current in _current.Values)
            {
                channel.Writer.TryWrite(current);
            }

            _watchers.Add(channel.Writer);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(ending.Token))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel.Writer);
            }
        }
    }

    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Resource {ResourceId} changed state: {Before} -> {After}")]
        public static partial void StateChanged(ILogger logger, string resourceId, string? before, string? after);
    }
}
