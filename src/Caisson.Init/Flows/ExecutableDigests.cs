using Caisson.Init.Events;
using Caisson.Init.Kernel;

namespace Caisson.Init.Flows;

/// <summary>
/// Digests of the executables that make connections. Each version of a file is read once, in turns with everything else, and its first
/// connection waits for that; later ones find it here.
/// </summary>
internal sealed unsafe class ExecutableDigests(Reactor reactor, FlowCounters shared)
{
    private const int Remembered = 512;
    private const long LargestFile = 1L << 30;
    private const int MostPerTurn = 4 << 20;

    private readonly Dictionary<FileVersion, byte[]?> _known = [];
    private readonly Queue<FileVersion> _order = new();
    private readonly Dictionary<FileVersion, Work> _working = [];

    /// <summary>The digest of a process's executable, null when it cannot be had; or false, and <paramref name="later"/> runs once it is known.</summary>
    internal bool TryGet(int pid, out byte[]? digest, Func<Action> later)
    {
        digest = null;
        var file = Libc.OpenRead($"/proc/{pid}/exe");
        if (file < 0)
        {
            return true;
        }

        if (!Libc.TryGetVersion(file, out var version) || version.Size > LargestFile || _known.TryGetValue(version, out digest))
        {
            _ = Libc.Close(file);
            return true;
        }

        if (_working.TryGetValue(version, out var work))
        {
            _ = Libc.Close(file);
            work.Waiting.Add(later());
            return false;
        }

        work = new Work(file, version);
        work.Waiting.Add(later());
        _working.Add(version, work);
        reactor.Soon(() => Continue(work));
        return false;
    }

    private void Continue(Work work)
    {
        for (var turn = 0; turn < MostPerTurn; turn += FlowCounters.BufferSize)
        {
            var length = Fill(work.File);
            var piece = new ReadOnlySpan<byte>(shared.Buffer, Math.Max(0, length));
            if (length < FlowCounters.BufferSize)
            {
                End(work, length < 0 ? null : work.Digest.Complete(piece));
                return;
            }

            work.Digest.Add(piece);
        }

        reactor.Soon(() => Continue(work));
    }

    private void End(Work work, byte[]? digest)
    {
        _ = Libc.Close(work.File);
        _ = _working.Remove(work.Version);
        _known[work.Version] = digest;
        _order.Enqueue(work.Version);
        if (_order.Count > Remembered)
        {
            _ = _known.Remove(_order.Dequeue());
        }

        foreach (var waiting in work.Waiting)
        {
            waiting();
        }
    }

    // A short count means the file's end; a negative one that it cannot be read.
    private int Fill(int file)
    {
        var length = 0;
        while (length < FlowCounters.BufferSize)
        {
            var read = Libc.Read(file, shared.Buffer + length, FlowCounters.BufferSize - length);
            if (read < 0 && Libc.Errno == Errno.Interrupted)
            {
                continue;
            }

            if (read <= 0)
            {
                return read < 0 ? -1 : length;
            }

            length += (int)read;
        }

        return length;
    }

    private sealed record Work(int File, FileVersion Version)
    {
        internal Sha256Digest Digest { get; } = new();

        internal List<Action> Waiting { get; } = [];
    }
}
