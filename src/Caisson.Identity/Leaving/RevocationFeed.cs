using System.Collections.Concurrent;

namespace Caisson.Identity.Leaving;

/// <summary>Tells what is open right now (sockets, event streams) that somebody's rights may have changed: each then asks again.</summary>
public sealed class RevocationFeed
{
    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = [];

    /// <param name="userId">Whose rights; null for everybody's, after a change to a resource.</param>
    public void Publish(string? userId)
    {
        foreach (var subscription in _subscriptions.Keys)
        {
            if (userId is null || subscription.UserId == userId)
                subscription.Changed();
        }
    }

    /// <param name="changed">Called on the publisher's thread; returns at once and doesn't throw.</param>
    public IDisposable Subscribe(string userId, Action changed)
    {
        var subscription = new Subscription(this, userId, changed);
        _subscriptions.TryAdd(subscription, 0);
        return subscription;
    }

    private sealed class Subscription(RevocationFeed feed, string userId, Action changed) : IDisposable
    {
        public string UserId => userId;

        public void Changed() => changed();

        public void Dispose() => feed._subscriptions.TryRemove(this, out _);
    }
}
