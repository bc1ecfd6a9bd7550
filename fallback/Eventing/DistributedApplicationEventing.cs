using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

public class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private ImmutableList<(Type Event, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationEvent
    {
        if (typeof(T).IsAbstract)
        {
            throw new ArgumentException($"'{typeof(T).Name}' is never published itself: subscribe to an event type that is not abstract.");
        }

        var subscription = new DistributedApplicationEventSubscription((@event, cancellationToken) => callback((T)@event, cancellationToken));
        ImmutableInterlocked.Update(ref _subscriptions, all => all.Add((typeof(T), subscription)));
        return subscription;
    }

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationResourceEvent =>
        Subscribe<T>((@event, cancellationToken) => @event.Resource == resource ? callback(@event, cancellationToken) : Task.CompletedTask);

    public void Unsubscribe(DistributedApplicationEventSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, all => all.RemoveAll(entry => entry.Subscription == subscription));

    public Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent =>
        PublishAsync(@event, EventDispatchBehavior.BlockingSequential, cancellationToken);

    public Task PublishAsync<T>(T @event, EventDispatchBehavior dispatchBehavior, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent
    {
        var subscribers = _subscriptions.Where(entry => entry.Event == typeof(T)).Select(entry => entry.Subscription).ToArray();
        var callbacks = dispatchBehavior is EventDispatchBehavior.BlockingConcurrent or EventDispatchBehavior.NonBlockingConcurrent
            ? Task.WhenAll(subscribers.Select(subscriber => subscriber.Callback(@event, cancellationToken)))
            : RunSequentiallyAsync();
        return dispatchBehavior is EventDispatchBehavior.NonBlockingConcurrent or EventDispatchBehavior.NonBlockingSequential
            ? Task.CompletedTask
            : callbacks;

        async Task RunSequentiallyAsync()
        {
            foreach (var subscriber in subscribers)
            {
                await subscriber.Callback(@event, cancellationToken);
            }
        }
    }
}
