using System.Net.WebSockets;
using Caisson.Identity;

namespace Caisson.Server.Access;

/// <summary>
/// Watches whether the person behind an open WebSocket or event stream may still have it: when somebody's rights change, and each minute. Use:
/// <c>using var access = SocketAccess.Watch(context, Permission.TerminalsView, () => resource);</c>, and when <see cref="Ended"/> completes first,
/// <see cref="CloseAsync"/>. A receive must not be cancelled before that: it would end the socket without a word.
/// </summary>
internal sealed class SocketAccess : IDisposable
{
    internal const int SessionEnded = 4401;
    internal const int RightsLost = 4403;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _one = new(1);
    private readonly IDisposable _subscription;
    private readonly ITimer _timer;
    private readonly Subjects _subjects;
    private readonly IAccess _access;
    private readonly Permission _permission;
    private readonly Func<Resource?> _resource;
    private readonly bool _hasResource;
    private readonly Subject _subject;
    private readonly FurtherRight? _further;
    private int _disposed;

    private SocketAccess(HttpContext context, Permission permission, Func<Resource?>? resource, FurtherRight? further)
    {
        var services = context.RequestServices;
        _subjects = services.GetRequiredService<Subjects>();
        _access = services.GetRequiredService<IAccess>();
        _subject = context.Subject();
        _permission = permission;
        _hasResource = resource is not null;
        _resource = resource ?? (() => null);
        _further = further;
        _subscription = services.GetRequiredService<IdentityServices>().Revocations.Subscribe(_subject.UserId, Ask);
        _timer = services.GetRequiredService<TimeProvider>().CreateTimer(_ => Ask(), null, Period, Period);
        // What changed between the endpoint's own question and the subscription.
        Ask();
    }

    /// <param name="resource">Finds the thing as it is now: null when it is gone. Null itself where the permission has no resource.</param>
    /// <param name="further">What the person may do with it beside having it open, which may come and go meanwhile.</param>
    internal static SocketAccess Watch(
        HttpContext context,
        Permission permission,
        Func<Resource?>? resource,
        FurtherRight? further = null
    ) => new(context, permission, resource, further);

    /// <summary>Completes when the person may no longer have this open.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>4401: signed out; 4403: still signed in, without the right. 0 while it may be open.</summary>
    internal int CloseCode { get; private set; }

    /// <summary>Closes with the code that says why.</summary>
    internal async Task CloseAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)CloseCode, CloseReason, limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    private string CloseReason => CloseCode == SessionEnded ? "signed out" : "no longer allowed";

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _subscription.Dispose();
        _timer.Dispose();
    }

    private void Ask() => _ = AskAsync();

    private async Task AskAsync()
    {
        // Not on the publisher's thread: it is answering the request that took the right away.
        await Task.Yield();
        await _one.WaitAsync();
        try
        {
            if (CloseCode != 0 || Volatile.Read(ref _disposed) != 0)
                return;
            CloseCode = await CodeAsync();
            if (CloseCode != 0)
                _ended.TrySetResult();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<int> CodeAsync()
    {
        try
        {
            if (await _subjects.AgainAsync(_subject, CancellationToken.None) is not { } subject)
                return SessionEnded;
            var resource = _resource();
            if ((resource is null && _hasResource) || !_access.Decide(subject, _permission, resource).Allowed)
                return RightsLost;
            if (_further is not null)
                _further.Told(_access.Decide(subject, _further.Permission, resource).Allowed);
            return 0;
        }
#pragma warning disable CA1031 // While the question can't be answered, the answer is no: the client comes back and asks anew.
        catch (Exception)
        {
            return SessionEnded;
        }
#pragma warning restore CA1031
    }
}
