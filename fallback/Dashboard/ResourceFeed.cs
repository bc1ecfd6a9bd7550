using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>The resources as they are now and every change from then on, for any number of dashboards.</summary>
internal sealed class ResourceFeed(ResourceNotificationService notifications, TimeProvider time) : BackgroundService
{
    private readonly DateTime _firstSeen = time.GetUtcNow().UtcDateTime;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Wire.Resource> _resources = [];
    private readonly HashSet<ChannelWriter<Wire.WatchResourcesChange>> _subscribers = [];

    /// <summary>One subscription: what is there, and then each change exactly once. Ends with the token only.</summary>
    public async IAsyncEnumerable<Wire.WatchResourcesUpdate> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateUnbounded<Wire.WatchResourcesChange>(new UnboundedChannelOptions { SingleReader = true });
        var initial = new Wire.InitialResourceData();
        lock (_lock)
        {
            initial.Resources.Add(_resources.Values);
            _subscribers.Add(changes.Writer);
        }

        try
        {
            yield return new Wire.WatchResourcesUpdate { InitialData = initial };
            while (await changes.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new Wire.WatchResourcesChanges();
                while (changes.Reader.TryRead(out var change))
                {
                    batch.Value.Add(change);
                }

                yield return new Wire.WatchResourcesUpdate { Changes = batch };
            }
        }
        finally
        {
            lock (_lock)
            {
                _subscribers.Remove(changes.Writer);
            }
        }
    }

    internal void Publish(ResourceEvent resourceEvent)
    {
        var resource = ResourceMessages.ToMessage(resourceEvent, _firstSeen);
        lock (_lock)
        {
            // Until its instances have names of their own, a resource is known by its own name.
            if (resource.Name != resource.DisplayName && _resources.Remove(resource.DisplayName, out var placeholder))
            {
                Send(new Wire.WatchResourcesChange { Delete = new Wire.ResourceDeletion { ResourceName = placeholder.Name, ResourceType = placeholder.ResourceType } });
            }

            _resources[resource.Name] = resource;
            Send(new Wire.WatchResourcesChange { Upsert = resource });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var resourceEvent in notifications.WatchAsync(stoppingToken))
        {
            Publish(resourceEvent);
        }
    }

    // Under the lock, so that every subscriber sees the changes in the order in which they happened.
    private void Send(Wire.WatchResourcesChange change)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber.TryWrite(change);
        }
    }
}
