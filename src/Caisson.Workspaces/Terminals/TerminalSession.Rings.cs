namespace Caisson.Workspaces.Terminals;

public sealed partial class TerminalSession
{
    private long _spilled;
    private long _ringCounted;

    /// <summary>Bytes of its output that PID 1 has in memory; the rest of its ring is on disk.</summary>
    internal long RingInMemory
    {
        get
        {
            lock (_gate)
                return _ringCounted;
        }
    }

    /// <summary>When its ring could not be moved to disk, as a timestamp; null when nothing speaks against it.</summary>
    internal long? SpillFailed { get; private set; }

    /// <summary>Has PID 1 move its ring to disk.</summary>
    internal async Task SpillAsync(CancellationToken cancellation)
    {
        SpillFailed = _time.GetTimestamp();
        var spilled = await _sandbox.Init.SpillAsync(_record.Process, cancellation);
        SpillFailed = null;
        lock (_gate)
            CountRing(spilled);
    }

    /// <summary>Within the lock: after output came, was spilled, or is there no more.</summary>
    private void CountRing(long spilled)
    {
        _spilled = Math.Max(_spilled, spilled);
        var held = Math.Clamp(_window.End - _spilled, 0, _record.RingBytes ?? TerminalRecord.UsualRing);
        ReportRing(held);
    }

    private void ReportRing(long held)
    {
        if (held == _ringCounted)
            return;
        var moved = held - _ringCounted;
        _ringCounted = held;
        _rings.Moved(moved);
    }
}
