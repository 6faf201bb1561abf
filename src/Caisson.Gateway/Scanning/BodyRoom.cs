namespace Caisson.Gateway.Scanning;

/// <summary>How much memory the bodies that are looked through as a whole may take, all of one sandbox together. Who finds none is looked through while it streams.</summary>
internal sealed class BodyRoom
{
    /// <summary>In bytes.</summary>
    public const long Most = 64 << 20;

    private long taken;

    /// <summary>Whether there was room; what was taken must be given back.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= Most)
            return true;
        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref taken, -bytes);
}
