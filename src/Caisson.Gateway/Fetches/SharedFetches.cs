using Caisson.Gateway.Upstream;
using Caisson.Policy;
using Microsoft.Extensions.Logging;

namespace Caisson.Gateway.Fetches;

/// <summary>
/// Answers to git's reads that the starts of several sandboxes share: the first who asks begins the fetch, the others read along. A sandbox writes nothing
/// here; it gets what its own request, with its own credential, was answered elsewhere.
/// </summary>
/// <param name="folder">Where answers lie, on the disk of the installation.</param>
/// <param name="clients">Clients for one fetch: its connections are nobody else's.</param>
internal sealed partial class SharedFetches(
    string folder,
    Func<UpstreamClients> clients,
    FetchLimits limits,
    TimeProvider time,
    ILogger<SharedFetches> logger
) : IDisposable
{
    private const int Piece = 128 * 1024;
    private static readonly TimeSpan AloneFor = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Fetch> known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> alone = new(StringComparer.Ordinal);
    private readonly HashSet<Fetch> all = [];
    private ITimer? sweeping;
    private long held;

    internal string Folder => folder;

    internal FetchKey Keys { get; } = new();

    /// <summary>Bytes that lie on the disk.</summary>
    internal long Held
    {
        get
        {
            lock (gate)
                return held;
        }
    }

    /// <summary>Joins a fetch that began after <paramref name="asked"/>, or begins one. <see cref="Leave"/> ends that.</summary>
    /// <param name="request">Makes the request that leaves; used where a fetch begins.</param>
    /// <returns>Null: such an answer isn't shared.</returns>
    internal (Fetch Fetch, bool IsJoined)? Join(string key, DateTimeOffset asked, Route route, Func<HttpRequestMessage> request)
    {
        Fetch fetch;
        lock (gate)
        {
            sweeping ??= time.CreateTimer(_ => Sweep(), null, limits.Kept / 6, limits.Kept / 6);
            var now = time.GetUtcNow();
            if (alone.TryGetValue(key, out var until) && now < until)
                return null;
            if (known.TryGetValue(key, out var there))
            {
                if (there.Begun >= asked && !there.HasFailed)
                {
                    there.Readers++;
                    return (there, true);
                }
                Forget(there);
            }
            fetch = new Fetch(key, now) { Readers = 1, IsRunning = true };
            known[key] = fetch;
            all.Add(fetch);
        }
        _ = RunAsync(fetch, route, request());
        return (fetch, false);
    }

    internal void Leave(Fetch fetch)
    {
        lock (gate)
        {
            fetch.Readers--;
            fetch.LastRead = time.GetUtcNow();
            if (fetch.Readers == 0 && !fetch.IsWhole)
                Forget(fetch);
            else
                Clear(fetch);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            sweeping?.Dispose();
            foreach (var fetch in all.ToList())
                Forget(fetch);
        }
    }

    private async Task RunAsync(Fetch fetch, Route route, HttpRequestMessage request)
    {
        Exception? fault = null;
        try
        {
            using var own = clients();
            using (request)
            using (var answer = await own.For(route).SendAsync(request, fetch.Unread))
            {
                fetch.Begin(folder, FetchHead.Of(answer));
                if (answer.StatusCode != System.Net.HttpStatusCode.OK)
                    Refuse(fetch);
                await using var body = await answer.Content.ReadAsStreamAsync(fetch.Unread);
                var buffer = new byte[Piece];
                while (await body.ReadAsync(buffer, fetch.Unread) is > 0 and var read)
                {
                    Reserve(fetch, read);
                    await fetch.WriteAsync(buffer.AsMemory(0, read), fetch.Unread);
                }
            }
        }
#pragma warning disable CA1031 // Whoever reads it is told, and answers for it.
        catch (Exception e)
        {
            fault = e;
        }
#pragma warning restore CA1031
        fetch.End(fault);
        lock (gate)
        {
            if (fault is FetchNotKeptException)
            {
                LogAlone(fault.Message);
                alone[fetch.Key] = time.GetUtcNow() + AloneFor;
            }
            fetch.IsRunning = false;
            if (fault is not null)
                Forget(fetch);
            else
                Clear(fetch);
        }
    }

    /// <summary>Only what was found is kept for those who come later.</summary>
    private void Refuse(Fetch fetch)
    {
        lock (gate)
            if (known.TryGetValue(fetch.Key, out var there) && there == fetch)
                known.Remove(fetch.Key);
    }

    private void Reserve(Fetch fetch, int bytes)
    {
        if (new DriveInfo(folder).AvailableFreeSpace - bytes < limits.Free)
            throw new FetchNotKeptException($"less than {limits.Free >> 20} MiB of the disk are free");
        lock (gate)
        {
            if (fetch.Reserved + bytes > limits.Answer)
                throw new FetchNotKeptException($"an answer is over {limits.Answer >> 20} MiB");
            while (held + bytes > limits.Together)
                Forget(
                    all.Where(other => other is { Readers: 0, IsRunning: false }).MinBy(other => other.LastRead)
                        ?? throw new FetchNotKeptException($"answers that are being read are {limits.Together >> 20} MiB together")
                );
            held += bytes;
            fetch.Reserved += bytes;
        }
    }

    private void Sweep()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (
                var old in all.Where(fetch => fetch is { Readers: 0, IsRunning: false } && now - fetch.LastRead > limits.Kept).ToList()
            )
                Forget(old);
            foreach (var (key, _) in alone.Where(entry => entry.Value < now).ToList())
                alone.Remove(key);
        }
    }

    /// <summary>Nobody joins it any more.</summary>
    private void Forget(Fetch fetch)
    {
        if (known.TryGetValue(fetch.Key, out var there) && there == fetch)
            known.Remove(fetch.Key);
        Clear(fetch);
    }

    /// <summary>What nobody can join any more and nobody reads ends, and leaves the disk.</summary>
    private void Clear(Fetch fetch)
    {
        if (fetch.Readers > 0 || (known.TryGetValue(fetch.Key, out var there) && there == fetch))
            return;
        if (fetch.IsRunning)
            fetch.GiveUp();
        else if (all.Remove(fetch))
        {
            held -= fetch.Reserved;
            fetch.Dispose();
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "A fetch is not shared, and not for an hour: {Why}.")]
    private partial void LogAlone(string why);
}
