using System.Globalization;
using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    // What a viewer's cell measures is the viewer's affair; programs that ask want a ratio and get a usual one.
    private const int CellHeight = 20;
    private const int CellWidth = 10;

    private const int StatusRequest = '$' << 8 | 'q';

    private byte[] replies = [];
    private int repliesLength;

    /// <summary>Bytes of answers made since the terminal began: the same for the same output, so that what was sent before a restart isn't sent again.</summary>
    public long ReplyOffset { get; private set; }

    /// <summary>The answers to queries in the output since the last call, to be written to the terminal's input. Empty most of the time.</summary>
    public byte[] TakeReplies()
    {
        if (repliesLength == 0)
            return [];
        var taken = replies.AsSpan(0, repliesLength).ToArray();
        repliesLength = 0;
        return taken;
    }

    private void Reply(string text)
    {
        var needed = repliesLength + Encoding.UTF8.GetMaxByteCount(text.Length);
        if (needed > replies.Length)
            Array.Resize(ref replies, Math.Max(needed, replies.Length * 2));
        var written = Encoding.UTF8.GetBytes(text, replies.AsSpan(repliesLength));
        repliesLength += written;
        ReplyOffset += written;
    }

    /// <summary>For the program: from the origin, and with a wrap pending still in the last column, as xterm says it.</summary>
    private string Position => $"{(Is(ScreenModes.Origin) ? y - active.Top : y) + 1};{Math.Min(x + 1, Columns)}";

    private void Report(int id)
    {
        switch (id)
        {
            case 'c' when parameters[0] == 0:
                Reply("\e[?1;2c");
                break;
            case '>' << 8 | 'c' when parameters[0] == 0:
                Reply("\e[>0;276;0c");
                break;
            case '>' << 8 | 'q' when parameters[0] == 0:
                // What draws the screen, and what this model behaves as: programs choose features by it.
                Reply("\eP>|xterm.js(6.0.0)\e\\");
                break;
            case 'n' when parameters[0] == 5:
                Reply("\e[0n");
                break;
            case 'n' when parameters[0] == 6:
                Reply($"\e[{Position}R");
                break;
            case '?' << 8 | 'n' when parameters[0] == 6:
                Reply($"\e[?{Position}R");
                break;
            case '$' << 8 | 'p':
                Reply($"\e[{parameters[0]};{StateOf(parameters[0])}$y");
                break;
            case '?' << 16 | '$' << 8 | 'p':
                Reply($"\e[?{parameters[0]};{StateOfPrivate(parameters[0])}$y");
                break;
        }
    }

    private static int SetOrReset(bool on) => on ? 1 : 2;

    private int StateOf(int mode) =>
        mode switch
        {
            2 => 4,
            4 => SetOrReset(Is(ScreenModes.Insert)),
            12 => 3,
            20 => SetOrReset(Is(ScreenModes.NewLine)),
            _ => 0,
        };

    private int StateOfPrivate(int mode) =>
        mode switch
        {
            1 => SetOrReset(Is(ScreenModes.ApplicationCursorKeys)),
            5 => SetOrReset(Is(ScreenModes.ReverseVideo)),
            6 => SetOrReset(Is(ScreenModes.Origin)),
            7 => SetOrReset(Is(ScreenModes.AutoWrap)),
            8 => 3,
            9 => SetOrReset(MouseTracking == MouseTracking.X10),
            12 => SetOrReset(Is(ScreenModes.CursorBlink)),
            25 => SetOrReset(Is(ScreenModes.CursorVisible)),
            45 => SetOrReset(Is(ScreenModes.ReverseWrap)),
            66 => SetOrReset(Is(ScreenModes.ApplicationKeypad)),
            67 or 1005 or 1015 => 4,
            1000 => SetOrReset(MouseTracking == MouseTracking.Buttons),
            1002 => SetOrReset(MouseTracking == MouseTracking.Drag),
            1003 => SetOrReset(MouseTracking == MouseTracking.AnyMotion),
            1004 => SetOrReset(Is(ScreenModes.FocusEvents)),
            1006 => SetOrReset(MouseEncoding == MouseEncoding.Sgr),
            1016 => SetOrReset(MouseEncoding == MouseEncoding.SgrPixels),
            1048 => 1,
            47 or 1047 or 1049 => SetOrReset(Is(ScreenModes.AlternateScreen)),
            2004 => SetOrReset(Is(ScreenModes.BracketedPaste)),
            2026 => SetOrReset(Is(ScreenModes.SynchronizedOutput)),
            _ => 0,
        };

    private void WindowOperation()
    {
        var second = parameters[1];
        switch (parameters[0])
        {
            case 14 when second != 2:
                Reply($"\e[4;{Rows * CellHeight};{Columns * CellWidth}t");
                break;
            case 16:
                Reply($"\e[6;{CellHeight};{CellWidth}t");
                break;
            case 18:
                Reply($"\e[8;{Rows};{Columns}t");
                break;
            case 22:
                PushTitles(second);
                break;
            case 23:
                PopTitles(second);
                break;
        }
    }

    /// <summary>DECRQSS; other device controls (sixel, termcap queries) are skipped.</summary>
    private void DeviceControl(int id, ReadOnlySpan<byte> data)
    {
        if (id != StatusRequest)
            return;
        var answer = Encoding.UTF8.GetString(data[..Math.Min(data.Length, 8)]) switch
        {
            "\"q" => $"1$r{(pen.IsProtected ? 1 : 0)}\"q",
            "\"p" => "1$r61;1\"p",
            "r" => $"1$r{active.Top + 1};{active.Bottom + 1}r",
            "m" => "1$r0m",
            " q" => $"1$r{CursorStyle.ToString(CultureInfo.InvariantCulture)} q",
            _ => "0$r",
        };
        Reply($"\eP{answer}\e\\");
    }
}
