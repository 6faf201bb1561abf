namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    internal ParserState state;
    private SequenceParameters parameters;

    /// <summary>Prefix and intermediate bytes of the sequence, the last one lowest.</summary>
    private int collected;

    /// <summary>Output of the terminal's programs, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (utf8Left == 0 && data[0] < 0x80)
            {
                data = data[Ascii(data)..];
            }
            else if (utf8Left == 0 && state == ParserState.Ground && Character(data) is var length and > 0)
            {
                data = data[length..];
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
}
