using System.Threading.Tasks.Sources;

namespace Caisson.Workspaces.Terminals;

/// <summary>
/// Wakes the one loop that waits for it; set while nobody waits, the next wait ends at once. A semaphore would cost a timer and a change of threads each time, which is most of
/// what the echo of a key takes.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _set;
    private bool _waiting;

    /// <param name="here">The waiter goes on inside of this call, on this thread, which must hold no lock.</param>
    internal void Set(bool here = false)
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _set = true;
                return;
            }
            _waiting = false;
            _source.RunContinuationsAsynchronously = !here;
        }
        _source.SetResult(true);
    }

    internal ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_set)
            {
                _set = false;
                return ValueTask.CompletedTask;
            }
            _source.Reset();
            _waiting = true;
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
