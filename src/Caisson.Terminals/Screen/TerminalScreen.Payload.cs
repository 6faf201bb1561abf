using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>A payload that grows longer than this is dropped with its sequence.</summary>
    public const int MaximumPayload = 1 << 20;

    private byte[] payload = new byte[256];
    private int payloadLength;
    private bool payloadDropped;
    private int hookFinal;

    private void StartPayload()
    {
        payloadLength = 0;
        payloadDropped = false;
    }

    private void PutPayload(ReadOnlySpan<byte> bytes)
    {
        if (payloadDropped)
            return;
        if (payloadLength + bytes.Length > MaximumPayload)
        {
            payloadDropped = true;
            payloadLength = 0;
            return;
        }
        if (payloadLength + bytes.Length > payload.Length)
            Array.Resize(ref payload, Math.Min(MaximumPayload, Math.Max(payload.Length * 2, payloadLength + bytes.Length)));
        bytes.CopyTo(payload.AsSpan(payloadLength));
        payloadLength += bytes.Length;
    }

    private void PutCode(int code)
    {
        Span<byte> bytes = stackalloc byte[4];
        PutPayload(bytes[..new Rune(code).EncodeToUtf8(bytes)]);
    }

    private void EndString(ParserState from, bool complete)
    {
        if (complete && !payloadDropped)
        {
            if (from == ParserState.OscString)
                OperatingSystemCommand(payload.AsSpan(0, payloadLength));
            else
                DeviceControl(hookFinal, payload.AsSpan(0, payloadLength));
        }
        payloadLength = 0;
        payloadDropped = false;
        if (payload.Length > 1 << 16)
            payload = new byte[256];
    }
}
