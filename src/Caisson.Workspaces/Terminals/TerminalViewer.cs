namespace Caisson.Workspaces.Terminals;

/// <summary>
/// One view of a terminal: how far it was sent output, how far it has drawn it, and what else it is to be told. All of it belongs to the session's lock but
/// <see cref="WaitAsync"/>.
/// </summary>
public sealed class TerminalViewer
{
    /// <summary>Bytes of output that are sent ahead of the last acknowledgement.</summary>
    public const int MostInFlight = 1 << 20;
    private const int FewInFlight = 256 << 10;

    private readonly Queue<byte[]> _frames = new();
    private readonly WakeSignal _wake = new();

    internal TerminalViewer(UInt128 key, string name, bool acknowledges, DateTimeOffset since)
    {
        Key = key;
        Name = name;
        Acknowledges = acknowledges;
        Since = since;
    }

    /// <summary>For others to name it by; its key is its own secret.</summary>
    public string Id { get; } = Caisson.Identity.Identifier.New('v');

    /// <summary>From the sending of output to the word that it is drawn, smoothed; null until there was some.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>What its person may do at most; the owner may have switched it to less.</summary>
    internal bool MayEverWrite { get; set; }

    private (long Offset, long Time)? _measured;

    /// <summary>Names its input over all its connections.</summary>
    public UInt128 Key { get; }

    /// <summary>Who it is, for others to see.</summary>
    public string Name { get; }

    public DateTimeOffset Since { get; }

    /// <summary>Whether it says what it has drawn; otherwise what was sent counts as drawn.</summary>
    internal bool Acknowledges { get; }

    /// <summary><c>write</c> or <c>view</c>.</summary>
    public bool MayWrite { get; internal set; } = true;

    /// <summary>Input and sizes that were refused in mode <c>view</c>.</summary>
    public int Refused { get; internal set; }

    /// <summary>Next output byte to send.</summary>
    internal long Cursor { get; private set; }

    /// <summary>Output before this is drawn.</summary>
    internal long Drawn { get; private set; }

    /// <summary>Too much is in flight.</summary>
    internal bool Paused { get; private set; }

    internal SnapshotWish Wish { get; set; }

    /// <summary>Offset after the newest input byte that this connection sent.</summary>
    internal long InputNext { get; set; }

    /// <summary>Size of its window, as it said.</summary>
    internal (int Columns, int Rows)? Window { get; set; }

    internal long LastProgress { get; set; }

    internal bool ExitSent { get; set; }

    internal bool Ended { get; set; }

    internal bool HasFrames => _frames.Count > 0;

    internal long InFlight => Cursor - Drawn;

    /// <summary>Begins at an offset, as if all before it were drawn.</summary>
    internal void StartAt(long offset)
    {
        Cursor = Drawn = offset;
        _measured = null;
        Paused = false;
    }

    /// <param name="now">Of the clock's timestamps.</param>
    internal void Sent(long upTo, long now)
    {
        Cursor = upTo;
        _measured ??= (upTo, now);
        if (!Acknowledges)
            Drawn = upTo;
        Paused |= InFlight >= MostInFlight;
    }

    /// <summary>An acknowledgement; one of what was never sent, or again, changes nothing.</summary>
    internal bool Acknowledge(long offset, TimeProvider time)
    {
        if (offset <= Drawn || offset > Cursor)
            return false;
        if (_measured is var (sent, began) && offset >= sent)
        {
            var took = time.GetElapsedTime(began);
            RoundTrip = RoundTrip is { } before ? (before * 7 + took) / 8 : took;
            _measured = null;
        }
        Drawn = offset;
        if (InFlight < FewInFlight)
            Paused = false;
        return true;
    }

    internal void Tell(byte[] frame)
    {
        _frames.Enqueue(frame);
        Wake();
    }

    internal byte[] TakeFrame() => _frames.Dequeue();

    /// <param name="here">What there is to send is sent inside of this call; only without the session's lock.</param>
    internal void Wake(bool here = false) => _wake.Set(here);

    /// <summary>Until there may be something to send.</summary>
    internal ValueTask WaitAsync() => _wake.WaitAsync();
}

/// <summary>What of the screen a viewer is to get before live output.</summary>
internal enum SnapshotWish
{
    None,

    /// <summary>The screen at once, then all of it.</summary>
    Both,

    /// <summary>All of it at once, because bytes were left out.</summary>
    Full,

    /// <summary>All of it after the output until now, because the size changed.</summary>
    WhenCaughtUp,
}
