namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>Follows what a server sends from frame to frame, so that a frame of ours can be put between two of them.</summary>
internal sealed class ServerFrames
{
    private readonly byte[] head = new byte[FrameHeader.Longest];
    private int headLength;
    private long missing;

    /// <summary>Whether the last frame is complete.</summary>
    public bool IsBetween => headLength == 0 && missing == 0 && !IsLost;

    /// <summary>Whether the server has sent its close frame.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether what came is no sequence of frames.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Follows bytes; where asked to, only to the end of the frame that is under way.</summary>
    /// <returns>How many were followed.</returns>
    public int Follow(ReadOnlySpan<byte> bytes, bool untilEnd)
    {
        var at = 0;
        while (at < bytes.Length && !IsLost && !(untilEnd && IsBetween))
        {
            if (missing > 0)
            {
                var count = (int)Math.Min(missing, bytes.Length - at);
                missing -= count;
                at += count;
                continue;
            }
            head[headLength++] = bytes[at++];
            if (!FrameHeader.TryRead(head.AsSpan(0, headLength), out var frame))
                continue;
            headLength = 0;
            missing = frame.PayloadLength;
            IsClosed |= frame.Opcode == FrameHeader.Close;
            IsLost = missing < 0;
        }
        return IsLost ? bytes.Length : at;
    }
}
