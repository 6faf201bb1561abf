using System.Buffers;
using System.Runtime.InteropServices;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Terminals.Output;
using Caisson.Terminals.Wire;

namespace Caisson.Workspaces.Terminals;

/// <summary>Sends one frame to a viewer; completes when the connection took it.</summary>
public delegate ValueTask FrameSender(ReadOnlyMemory<byte> frame, CancellationToken cancellation);

public sealed partial class TerminalSession
{
    private const int OutputPiece = OutputWindow.BlockSize - ServerFrame.OutputHead;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(60);

    private enum Due
    {
        Nothing,
        Output,
        Frames,
        Older,
        End,
    }

    /// <summary>What a viewer gets next; output lies in rented memory.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(Due Due)
    {
        internal byte[]? Rented { get; init; }
        internal int Length { get; init; }
        internal IReadOnlyList<byte[]> Frames { get; init; } = [];
        internal ViewEnd End { get; init; }
    }

    /// <summary>Sends a viewer everything that is for it, until its end.</summary>
    public async Task<ViewEnd> SendAsync(TerminalViewer viewer, FrameSender send, CancellationToken cancellation)
    {
        using var ended = cancellation.UnsafeRegister(static waiting => ((TerminalViewer)waiting!).Wake(), viewer);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = Next(viewer);
            switch (step.Due)
            {
                case Due.Nothing:
                    await viewer.WaitAsync();
                    break;
                case Due.Output:
                    try
                    {
                        await send(step.Rented.AsMemory(0, step.Length), cancellation);
                    }
                    finally
                    {
                        ArrayPool<byte>.Shared.Return(step.Rented!);
                    }
                    break;
                case Due.Frames:
                    foreach (var frame in step.Frames)
                        await send(frame, cancellation);
                    break;
                case Due.Older:
                    await SendOlderAsync(viewer, send, cancellation);
                    break;
                case Due.End:
                    return step.End;
            }
        }
    }

    /// <summary>(1) what was said to it, (2) the screen, (3) output, from here or older, (4) the end.</summary>
    private Step Next(TerminalViewer viewer)
    {
        lock (_gate)
        {
            if (viewer.HasFrames)
                return new Step(Due.Frames) { Frames = [viewer.TakeFrame()] };
            if (viewer.Ended || _closing)
                return new Step(Due.End) { End = viewer.Ended ? ViewEnd.Replaced : ViewEnd.Restart };
            if (
                viewer.Wish is SnapshotWish.Both or SnapshotWish.Full
                || (viewer.Wish == SnapshotWish.WhenCaughtUp && viewer.Cursor == _window.End)
            )
                return SendScreen(viewer);
            if (viewer.Paused && _time.GetElapsedTime(viewer.LastProgress) > s_slow)
                return new Step(Due.End) { End = ViewEnd.TooSlow };
            if (viewer.Paused)
                return new Step(Due.Nothing);
            var available = _window.End - viewer.Cursor;
            if (available > 0 && viewer.Cursor < _window.First)
                return new Step(Due.Older);
            if (available > 0)
                return SendOutput(viewer);
            if (_record.Exit is not { } exit)
                return new Step(Due.Nothing);
            if (viewer.ExitSent)
                return new Step(Due.End) { End = ViewEnd.Exited };
            viewer.ExitSent = true;
            return new Step(Due.Frames) { Frames = [ServerFrame.Exit(new ExitMessage(exit.Code, exit.Signal, exit.Reason))] };
        }
    }

    private Step SendScreen(TerminalViewer viewer)
    {
        byte[][] frames =
            viewer.Wish == SnapshotWish.Both
                ? [.. Snapshot(Caisson.Terminals.Screen.SnapshotPart.Screen), .. FullSnapshot()]
                : FullSnapshot();
        // Who comes new was promised no bytes: the screen has what came since.
        if (viewer.Wish == SnapshotWish.Full && viewer.Cursor < _window.End)
            frames = [ServerFrame.Gap(viewer.Cursor, _window.End), .. frames];
        viewer.Wish = SnapshotWish.None;
        viewer.StartAt(_window.End);
        Progress(viewer);
        return new Step(Due.Frames) { Frames = frames };
    }

    /// <summary>At once: what belongs together PID 1 has sent together.</summary>
    private Step SendOutput(TerminalViewer viewer)
    {
        var rented = ArrayPool<byte>.Shared.Rent(OutputWindow.BlockSize);
        ServerFrame.WriteOutputHead(rented, viewer.Cursor);
        var count = _window.Copy(viewer.Cursor, rented.AsSpan(ServerFrame.OutputHead, OutputPiece));
        Sent(viewer, viewer.Cursor + count);
        return new Step(Due.Output) { Rented = rented, Length = ServerFrame.OutputHead + count };
    }

    /// <summary>Within the lock. What was sent is no sign that a viewer moves; its time runs from the first byte that it has not acknowledged.</summary>
    private void Sent(TerminalViewer viewer, long upTo)
    {
        var waits = viewer.InFlight > 0;
        viewer.Sent(upTo, _time.GetTimestamp());
        if (waits)
            Moved();
        else
            Progress(viewer);
    }

    /// <summary>Output that left the window comes from PID 1's ring; what left that too is a gap, and the screen follows.</summary>
    private async Task SendOlderAsync(TerminalViewer viewer, FrameSender send, CancellationToken cancellation)
    {
        try
        {
            await using var ring = await _sandbox.Init.AttachAsync(
                new AttachRequest { Process = _record.Process, OutputFrom = viewer.Cursor },
                cancellation
            );
            await foreach (var frame in ring.ReadFramesAsync(cancellation))
            {
                if (frame is not ProcessData data || data.Offset != viewer.Cursor)
                    break;
                var bytes = new byte[ServerFrame.OutputHead + data.Bytes.Length];
                ServerFrame.WriteOutputHead(bytes, data.Offset);
                data.Bytes.CopyTo(bytes.AsMemory(ServerFrame.OutputHead));
                lock (_gate)
                {
                    Sent(viewer, data.Offset + data.Bytes.Length);
                }
                await send(bytes, cancellation);
                if (!await MayGoOnAsync(viewer, cancellation))
                    return;
            }
        }
        catch (InitException)
        {
            // It has ended and was forgotten, or its sandbox is gone: what is left is the screen.
        }
        lock (_gate)
        {
            if (viewer.Cursor < _window.First)
                viewer.Wish = SnapshotWish.Full;
        }
    }

    /// <summary>Output that is held from an offset on, or from the oldest byte held, and where it stands.</summary>
    public async Task<(long Offset, ReadOnlyMemory<byte> Bytes)> ReadAsync(long from, int limit, CancellationToken cancellation)
    {
        var end = End;
        if (from >= end)
            return (end, default);
        var bytes = new MemoryStream();
        try
        {
            await using var ring = await _sandbox.Init.AttachAsync(
                new AttachRequest { Process = _record.Process, OutputFrom = from },
                cancellation
            );
            await foreach (var frame in ring.ReadFramesAsync(cancellation))
            {
                if (frame is ProcessGap gap && bytes.Length == 0)
                    from = gap.To;
                if (frame is not ProcessData data)
                {
                    if (frame is ProcessGap && bytes.Length == 0)
                        continue;
                    break;
                }
                bytes.Write(data.Bytes.Span[..(int)Math.Min(data.Bytes.Length, limit - bytes.Length)]);
                if (bytes.Length == limit || from + bytes.Length >= end)
                    break;
            }
        }
        catch (InitException)
        {
            // It was forgotten: nothing is held any more.
        }
        return (from, bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>Whether more of the ring is needed and may be sent; waits while too much is in flight.</summary>
    private async Task<bool> MayGoOnAsync(TerminalViewer viewer, CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                if (viewer.Cursor >= _window.First || viewer.Ended || _closing)
                    return false;
                if (viewer.Paused && _time.GetElapsedTime(viewer.LastProgress) > s_slow)
                    return false;
                if (!viewer.Paused)
                    return true;
            }
            await viewer.WaitAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
