namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    /// <summary>A payload that grows longer than this is dropped with its sequence.</summary>
    public const int MaximumPayload = 1 << 20;

    internal ParserState state;
    private SequenceParameters parameters;

    /// <summary>Prefix and intermediate bytes of the sequence, the last one lowest.</summary>
    private int collected;

    private byte[] payload = new byte[256];
    private int payloadLength;
    private bool payloadDropped;
    private int hookFinal;

    private int utf8Code;
    private int utf8Left;
    private int utf8Minimum;
    private int utf8Bytes;

    /// <summary>Output of the terminal's programs, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (utf8Left == 0 && data[0] < 0x80)
            {
                data = data[Ascii(data)..];
            }
            else
            {
                if (Decode(data[0], out var code))
                    Step(code);
                data = data[1..];
            }
        }
    }

    /// <summary>Takes as much as goes in one piece; the number of bytes.</summary>
    private int Ascii(ReadOnlySpan<byte> data)
    {
        switch (state)
        {
            case ParserState.Ground:
                var text = RunOfText(data);
                if (text == 0)
                    break;
                PrintAscii(data[..text]);
                return text;
            case ParserState.CsiParameter:
                var digits = 0;
                while (digits < data.Length && (uint)(data[digits] - '0') <= ';' - '0')
                    parameters.Put(data[digits++]);
                if (digits == 0)
                    break;
                return digits;
            case ParserState.OscString:
            case ParserState.DcsPassthrough:
                var part = RunOfText(data);
                if (part == 0)
                    break;
                PutPayload(data[..part]);
                return part;
            case ParserState.OtherString:
                return Math.Max(RunOfText(data), StepOne(data));
        }
        return StepOne(data);
    }

    private int StepOne(ReadOnlySpan<byte> data)
    {
        Step(data[0]);
        return 1;
    }

    private static int RunOfText(ReadOnlySpan<byte> data)
    {
        var length = data.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
        return length < 0 ? data.Length : length;
    }

    private void Step(int code)
    {
        var from = state;
        (var action, state) = ParserTable.Of(from, code);
        switch (action)
        {
            case ParserAction.Print:
                Print(code);
                break;
            case ParserAction.Execute:
                Execute(code);
                preceding = 0;
                break;
            case ParserAction.Start:
                parameters.Reset();
                collected = 0;
                break;
            case ParserAction.Collect:
                // Three are enough to tell all sequences; with more, it is none of them.
                collected = collected > 0xFFFF ? 0xFFFFFF : collected << 8 | code;
                break;
            case ParserAction.Parameter:
                parameters.Put(code);
                break;
            case ParserAction.EscapeDispatch:
                EscapeSequence(collected << 8 | code);
                preceding = 0;
                break;
            case ParserAction.CsiDispatch:
                ControlSequence(collected << 8 | code);
                preceding = 0;
                break;
            case ParserAction.DcsHook:
                hookFinal = collected << 8 | code;
                StartPayload();
                payloadDropped = hookFinal != StatusRequest;
                break;
            case ParserAction.StringStart:
                StartPayload();
                break;
            case ParserAction.StringPut:
                PutCode(code);
                break;
            case ParserAction.StringEnd:
                EndString(from, complete: code is not (0x18 or 0x1A));
                if (code == 0x1B)
                    state = ParserState.Escape;
                parameters.Reset();
                collected = 0;
                preceding = 0;
                break;
        }
    }

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
        PutPayload(bytes[..new System.Text.Rune(code).EncodeToUtf8(bytes)]);
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

    /// <summary>UTF-8 as xterm.js reads it: what is no character (also a byte order mark) is dropped without a trace.</summary>
    private bool Decode(byte value, out int code)
    {
        code = value;
        if (utf8Left > 0 && (value & 0xC0) == 0x80)
        {
            utf8Code = utf8Code << 6 | value & 0x3F;
            utf8Bytes++;
            if (--utf8Left > 0)
                return false;
            code = utf8Code;
            return code >= utf8Minimum && code <= 0x10FFFF && code is not (>= 0xD800 and <= 0xDFFF or 0xFEFF);
        }
        utf8Left = 0;
        if (value < 0x80)
            return true;
        (utf8Left, utf8Code, utf8Minimum) = value switch
        {
            >= 0xC2 and <= 0xDF => (1, value & 0x1F, 0x80),
            >= 0xE0 and <= 0xEF => (2, value & 0xF, 0x800),
            >= 0xF0 and <= 0xF7 => (3, value & 7, 0x10000),
            _ => (0, 0, 0),
        };
        utf8Bytes = 1;
        return false;
    }
}
