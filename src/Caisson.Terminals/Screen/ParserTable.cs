namespace Caisson.Terminals.Screen;

internal enum ParserState : byte
{
    Ground,
    Escape,
    EscapeIntermediate,
    CsiEntry,
    CsiParameter,
    CsiIntermediate,
    CsiIgnore,
    DcsEntry,
    DcsParameter,
    DcsIntermediate,
    DcsIgnore,
    DcsPassthrough,
    OscString,
    OtherString,
}

internal enum ParserAction : byte
{
    Ignore,
    Print,
    Execute,
    Start,
    Collect,
    Parameter,
    EscapeDispatch,
    CsiDispatch,
    DcsHook,
    StringPut,
    StringStart,
    StringEnd,
}

/// <summary>
/// The state machine after Paul Williams' parser for the VT500 series (https://vt100.net/emu/dec_ansi_parser), with the changes that xterm and xterm.js
/// have: C1 controls are code points (UTF-8), BEL ends an OSC, ':' parts sub-parameters, and what isn't ASCII is text only in text and strings.
/// </summary>
internal static class ParserTable
{
    /// <summary>Every code point from here on is one class.</summary>
    public const int NotAscii = 0xA0;

    private const int Classes = NotAscii + 1;

    private static readonly ushort[] Transitions = Build();

    public static (ParserAction Action, ParserState Next) Of(ParserState state, int code)
    {
        var transition = Transitions[(int)state * Classes + Math.Min(code, NotAscii)];
        return ((ParserAction)(transition >> 8), (ParserState)(transition & 0xFF));
    }

    private static ushort[] Build()
    {
        var table = new ushort[((int)ParserState.OtherString + 1) * Classes];
        foreach (var state in Enum.GetValues<ParserState>())
        {
            // What nothing below says is an error in the sequence: it is dropped.
            Add(table, state, 0, NotAscii, ParserAction.Ignore, ParserState.Ground);
            var controls = state switch
            {
                ParserState.Ground or ParserState.Escape or ParserState.EscapeIntermediate => ParserAction.Execute,
                ParserState.CsiEntry or ParserState.CsiParameter => ParserAction.Execute,
                ParserState.CsiIntermediate or ParserState.CsiIgnore => ParserAction.Execute,
                ParserState.DcsPassthrough => ParserAction.StringPut,
                _ => ParserAction.Ignore,
            };
            Add(table, state, 0, 0x1F, controls, state);
            Add(table, state, 0x7F, 0x7F, state == ParserState.OscString ? ParserAction.StringPut : ParserAction.Ignore, state);
        }
        Texts(table);
        Escapes(table);
        ControlSequences(table);
        DeviceControls(table);
        foreach (var state in Enum.GetValues<ParserState>())
            FromAnywhere(table, state);
        return table;
    }

    private static void Texts(ushort[] table)
    {
        Add(table, ParserState.Ground, 0x20, 0x7E, ParserAction.Print, ParserState.Ground);
        Add(table, ParserState.Ground, NotAscii, NotAscii, ParserAction.Print, ParserState.Ground);
        foreach (var state in new[] { ParserState.OscString, ParserState.DcsPassthrough })
        {
            Add(table, state, 0x20, 0x7E, ParserAction.StringPut, state);
            Add(table, state, NotAscii, NotAscii, ParserAction.StringPut, state);
        }
        foreach (var state in new[] { ParserState.OtherString, ParserState.DcsIgnore, ParserState.CsiIgnore })
        {
            Add(table, state, 0x20, 0x7E, ParserAction.Ignore, state);
            Add(table, state, NotAscii, NotAscii, ParserAction.Ignore, state);
        }
    }

    private static void Escapes(ushort[] table)
    {
        Add(table, ParserState.Escape, 0x20, 0x2F, ParserAction.Collect, ParserState.EscapeIntermediate);
        Add(table, ParserState.Escape, 0x30, 0x7E, ParserAction.EscapeDispatch, ParserState.Ground);
        Add(table, ParserState.Escape, 'P', 'P', ParserAction.Start, ParserState.DcsEntry);
        Add(table, ParserState.Escape, '[', '[', ParserAction.Start, ParserState.CsiEntry);
        Add(table, ParserState.Escape, ']', ']', ParserAction.StringStart, ParserState.OscString);
        foreach (var code in "X^_")
            Add(table, ParserState.Escape, code, code, ParserAction.Ignore, ParserState.OtherString);
        Add(table, ParserState.EscapeIntermediate, 0x20, 0x2F, ParserAction.Collect, ParserState.EscapeIntermediate);
        Add(table, ParserState.EscapeIntermediate, 0x30, 0x7E, ParserAction.EscapeDispatch, ParserState.Ground);
    }

    private static void ControlSequences(ushort[] table)
    {
        foreach (var state in new[] { ParserState.CsiEntry, ParserState.CsiParameter })
        {
            Add(table, state, 0x20, 0x2F, ParserAction.Collect, ParserState.CsiIntermediate);
            Add(table, state, 0x30, 0x3B, ParserAction.Parameter, ParserState.CsiParameter);
            Add(table, state, 0x40, 0x7E, ParserAction.CsiDispatch, ParserState.Ground);
        }
        Add(table, ParserState.CsiEntry, 0x3C, 0x3F, ParserAction.Collect, ParserState.CsiParameter);
        Add(table, ParserState.CsiParameter, 0x3C, 0x3F, ParserAction.Ignore, ParserState.CsiIgnore);
        Add(table, ParserState.CsiIntermediate, 0x20, 0x2F, ParserAction.Collect, ParserState.CsiIntermediate);
        Add(table, ParserState.CsiIntermediate, 0x30, 0x3F, ParserAction.Ignore, ParserState.CsiIgnore);
        Add(table, ParserState.CsiIntermediate, 0x40, 0x7E, ParserAction.CsiDispatch, ParserState.Ground);
        Add(table, ParserState.CsiIgnore, 0x40, 0x7E, ParserAction.Ignore, ParserState.Ground);
    }

    private static void DeviceControls(ushort[] table)
    {
        foreach (var state in new[] { ParserState.DcsEntry, ParserState.DcsParameter })
        {
            Add(table, state, 0x20, 0x2F, ParserAction.Collect, ParserState.DcsIntermediate);
            Add(table, state, 0x30, 0x3B, ParserAction.Parameter, ParserState.DcsParameter);
            Add(table, state, 0x40, 0x7E, ParserAction.DcsHook, ParserState.DcsPassthrough);
        }
        Add(table, ParserState.DcsEntry, 0x3C, 0x3F, ParserAction.Collect, ParserState.DcsParameter);
        Add(table, ParserState.DcsParameter, 0x3C, 0x3F, ParserAction.Ignore, ParserState.DcsIgnore);
        Add(table, ParserState.DcsIntermediate, 0x20, 0x2F, ParserAction.Collect, ParserState.DcsIntermediate);
        Add(table, ParserState.DcsIntermediate, 0x30, 0x3F, ParserAction.Ignore, ParserState.DcsIgnore);
        Add(table, ParserState.DcsIntermediate, 0x40, 0x7E, ParserAction.DcsHook, ParserState.DcsPassthrough);
    }

    private static void FromAnywhere(ushort[] table, ParserState state)
    {
        var isString = state is ParserState.OscString or ParserState.DcsPassthrough;
        var end = isString ? ParserAction.StringEnd : ParserAction.Ignore;
        Add(table, state, 0x80, 0x9F, ParserAction.Execute, ParserState.Ground);
        Add(table, state, 0x18, 0x18, isString ? end : ParserAction.Execute, ParserState.Ground);
        Add(table, state, 0x1A, 0x1A, isString ? end : ParserAction.Execute, ParserState.Ground);
        Add(table, state, 0x1B, 0x1B, isString ? end : ParserAction.Start, ParserState.Escape);
        Add(table, state, 0x9C, 0x9C, end, ParserState.Ground);
        if (state == ParserState.OscString)
            Add(table, state, 0x07, 0x07, end, ParserState.Ground);
        Add(table, state, 0x90, 0x90, ParserAction.Start, ParserState.DcsEntry);
        Add(table, state, 0x9B, 0x9B, ParserAction.Start, ParserState.CsiEntry);
        Add(table, state, 0x9D, 0x9D, ParserAction.StringStart, ParserState.OscString);
        foreach (var code in new[] { 0x98, 0x9E, 0x9F })
            Add(table, state, code, code, ParserAction.Ignore, ParserState.OtherString);
    }

    private static void Add(ushort[] table, ParserState state, int first, int last, ParserAction action, ParserState next)
    {
        for (var code = first; code <= last; code++)
            table[(int)state * Classes + code] = (ushort)((int)action << 8 | (int)next);
    }
}
