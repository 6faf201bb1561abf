using System.Buffers;
using System.Runtime.InteropServices;

namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>
/// Takes the bytes that a client sends, as they come, and lets them go as they came, message by message, each after it was looked through: its frames joined,
/// unmasked and inflated. A control frame within a message goes first, so that a ping never waits for the end of a message.
/// </summary>
/// <param name="inflater">Of the negotiated permessage-deflate, or null.</param>
/// <param name="look">
/// Looks through a message or the payload of a control frame, with a line feed in front that parts it from the one before; says whether it may go.
/// </param>
internal sealed class OutgoingMessages(MessageInflater? inflater, Func<ReadOnlyMemory<byte>, bool> look) : IDisposable
{
    /// <summary>The longest message, in bytes, after it is inflated.</summary>
    public const int Longest = 16 << 20;

    // Frames may be empty, their heads are not.
    private const int MostHeld = 2 * Longest;
    private const byte Seam = (byte)'\n';

    private readonly byte[] head = new byte[FrameHeader.Longest];
    private readonly ArrayBufferWriter<byte> ready = new();
    private readonly Part message = new();
    private readonly Part control = new();
    private int headLength;
    private FrameHeader frame;
    private long missing;
    private int phase;
    private bool isOpen;
    private bool isCompressed;
    private int taken;

    /// <summary>Whether the client has said that it sends nothing more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether something was refused: what comes is read only to see the end.</summary>
    public bool IsRefused { get; private set; }

    /// <returns>Why what came can't be read, or null. Look at <see cref="IsRefused"/> as well.</returns>
    public WebSocketFault? Add(ReadOnlySpan<byte> bytes)
    {
        WebSocketFault? fault = null;
        while (!bytes.IsEmpty && !IsClosed)
        {
            if (missing == 0)
            {
                head[headLength++] = bytes[0];
                bytes = bytes[1..];
                if (!FrameHeader.TryRead(head.AsSpan(0, headLength), out frame))
                    continue;
                fault = Refuse(Begin()) ?? fault;
            }
            else
            {
                var count = (int)Math.Min(bytes.Length, missing);
                Take(bytes[..count]);
                bytes = bytes[count..];
            }
            if (missing == 0)
                fault = Refuse(End()) ?? fault;
        }
        return fault;
    }

    /// <summary>Moves what may leave; 0 when there is none.</summary>
    public int Release(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, ready.WrittenCount - taken);
        ready.WrittenSpan.Slice(taken, count).CopyTo(buffer);
        taken += count;
        if (taken == ready.WrittenCount)
        {
            taken = 0;
            ready.ResetWrittenCount();
        }
        return count;
    }

    /// <summary>Adds a frame of our own after all that may leave.</summary>
    public void Append(ReadOnlySpan<byte> frame) => ready.Write(frame);

    public void Dispose() => inflater?.Dispose();

    private Part Current => frame.IsControl ? control : message;

    // The frames after a refusal are followed all the same, to the close frame; nothing of them is kept.
    private WebSocketFault? Refuse(WebSocketFault? fault)
    {
        if (fault is null || IsRefused)
            return null;
        IsRefused = true;
        return fault;
    }

    private WebSocketFault? Begin()
    {
        missing = frame.PayloadLength;
        phase = 0;
        var fault = Check();
        if (fault is null && !IsRefused)
        {
            if (!frame.IsControl && frame.Opcode != FrameHeader.Continuation)
                (isOpen, isCompressed) = (true, frame.IsCompressed);
            if (Current.Text.WrittenCount == 0)
                Current.Text.Write([Seam]);
            Current.Raw.Write(head.AsSpan(0, headLength));
        }
        headLength = 0;
        // Nothing can be told about what follows a length that is none.
        if (missing < 0)
            (missing, IsClosed) = (0, true);
        return fault;
    }

    private WebSocketFault? Check()
    {
        if (frame.PayloadLength < 0)
            return WebSocketFault.Malformed("has a frame of more than 2^63 bytes");
        if (!frame.IsMasked)
            return WebSocketFault.Malformed("has a frame without a mask");
        if (
            frame.HasUnknownBits
            || (frame.IsCompressed && (inflater is null || frame.IsControl || frame.Opcode == FrameHeader.Continuation))
        )
            return WebSocketFault.Malformed("has a frame with bits of an extension that was not agreed on");
        if (frame.IsControl)
            return !frame.IsFinal || frame.PayloadLength > FrameHeader.LongestControl || frame.Opcode > FrameHeader.Pong
                ? WebSocketFault.Malformed("has a control frame that is none")
                : null;
        if (frame.Opcode > FrameHeader.Binary)
            return WebSocketFault.Malformed("has a frame of an unknown kind");
        if (isOpen != (frame.Opcode == FrameHeader.Continuation))
            return WebSocketFault.Malformed("has frames in an order that makes no message");
        return Math.Max(0, message.Text.WrittenCount - 1) + frame.PayloadLength > Longest || message.Raw.WrittenCount > MostHeld
            ? WebSocketFault.TooLong
            : null;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        missing -= bytes.Length;
        if (IsRefused)
            return;
        Current.Raw.Write(bytes);
        var text = Current.Text.GetSpan(bytes.Length);
        Unmask(bytes, text, frame.Mask, phase);
        Current.Text.Advance(bytes.Length);
        phase = (phase + bytes.Length) & 3;
    }

    private WebSocketFault? End()
    {
        IsClosed |= frame.Opcode == FrameHeader.Close;
        if (IsRefused || (!frame.IsControl && !frame.IsFinal))
            return null;
        var part = Current;
        var text = part.Text.WrittenMemory;
        ArrayBufferWriter<byte>? opened = null;
        if (!frame.IsControl)
        {
            isOpen = false;
            if (isCompressed)
            {
                opened = new ArrayBufferWriter<byte>(text.Length * 2);
                opened.Write([Seam]);
                if (inflater!.Inflate(text[1..], opened, Longest + 1) is { } fault)
                    return fault;
                text = opened.WrittenMemory;
            }
        }
        if (look(text))
            ready.Write(part.Raw.WrittenSpan);
        else
            IsRefused = true;
        part.Clear();
        return null;
    }

    private static void Unmask(ReadOnlySpan<byte> bytes, Span<byte> text, uint mask, int phase)
    {
        mask = uint.RotateRight(mask, 8 * phase);
        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        var written = MemoryMarshal.Cast<byte, uint>(text);
        for (var word = 0; word < words.Length; word++)
            written[word] = words[word] ^ mask;
        for (var at = words.Length * 4; at < bytes.Length; at++)
            text[at] = (byte)(bytes[at] ^ (mask >> (8 * (at & 3))));
    }

    // What is collected of a message or a control frame: as it came, and what it says.
    private sealed class Part
    {
        // A long message's room is not kept for the short ones after it.
        private const int Kept = 256 * 1024;

        public ArrayBufferWriter<byte> Raw { get; private set; } = new();
        public ArrayBufferWriter<byte> Text { get; private set; } = new();

        public void Clear()
        {
            Raw = Emptied(Raw);
            Text = Emptied(Text);
        }

        private static ArrayBufferWriter<byte> Emptied(ArrayBufferWriter<byte> writer)
        {
            if (writer.Capacity > Kept)
                return new ArrayBufferWriter<byte>();
            writer.ResetWrittenCount();
            return writer;
        }
    }
}
