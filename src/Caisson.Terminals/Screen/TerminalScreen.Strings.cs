using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    private const int MaximumTitle = 4096;
    private const int MaximumTitleStack = 10;
    private const int MaximumLinkTarget = 4096;
    private const int MaximumEvents = 1024;

    /// <summary>What a program may ask to have put onto the clipboard, decoded. Longer requests are dropped.</summary>
    public const int MaximumClipboard = 100 * 1024;

    internal readonly List<string> titles = [];
    internal readonly List<string> iconTitles = [];
    private List<ScreenEvent> events = [];

    /// <summary>What happened since the last call, oldest first.</summary>
    public IReadOnlyList<ScreenEvent> TakeEvents()
    {
        if (events.Count == 0)
            return [];
        var taken = events;
        events = [];
        return taken;
    }

    /// <summary>The same thing twice in a row is said once, and there is an end to it.</summary>
    private void AddEvent(ScreenEventKind kind, string text = "")
    {
        var next = new ScreenEvent(kind, text);
        if (events.Count < MaximumEvents && (events.Count == 0 || events[^1] != next))
            events.Add(next);
    }

    private void OperatingSystemCommand(ReadOnlySpan<byte> data)
    {
        var separator = data.IndexOf((byte)';');
        var head = separator < 0 ? data : data[..separator];
        if (head.Length > 5 || !Utf8Parser.TryParse(head, out int command, out var used) || used != head.Length)
            return;
        var text = separator < 0 ? [] : data[(separator + 1)..];
        switch (command)
        {
            case 0:
                SetTitle(text);
                SetIconTitle(text);
                break;
            case 1:
                SetIconTitle(text);
                break;
            case 2:
                SetTitle(text);
                break;
            case 7:
                SetDirectory(text);
                break;
            case 8:
                SetLink(text);
                break;
            case 9:
                // "9;4;…" is a progress bar.
                if (text is not [(byte)'4', (byte)';', ..])
                    AddEvent(ScreenEventKind.Notification, Short(text));
                break;
            case 777 when text.StartsWith("notify;"u8):
                AddEvent(ScreenEventKind.Notification, Short(text["notify;".Length..]));
                break;
            case 52:
                Clipboard(text);
                break;
            case 133:
                Mark(text);
                break;
            default:
                Colour(command, text);
                break;
        }
    }

    private static string Short(ReadOnlySpan<byte> text)
    {
        var whole = Encoding.UTF8.GetString(text);
        if (whole.Length <= MaximumTitle)
            return whole;
        return whole[..(char.IsHighSurrogate(whole[MaximumTitle - 1]) ? MaximumTitle - 1 : MaximumTitle)];
    }

    private void SetTitle(ReadOnlySpan<byte> text)
    {
        Title = Short(text);
        AddEvent(ScreenEventKind.Title, Title);
    }

    private void SetIconTitle(ReadOnlySpan<byte> text) => IconTitle = Short(text);

    private void PushTitles(int which)
    {
        if (which is 0 or 2)
            Push(titles, Title);
        if (which is 0 or 1)
            Push(iconTitles, IconTitle);

        static void Push(List<string> stack, string title)
        {
            stack.Add(title);
            if (stack.Count > MaximumTitleStack)
                stack.RemoveAt(0);
        }
    }

    private void PopTitles(int which)
    {
        if (which is 0 or 2 && titles.Count > 0)
        {
            Title = titles[^1];
            titles.RemoveAt(titles.Count - 1);
            AddEvent(ScreenEventKind.Title, Title);
        }
        if (which is 0 or 1 && iconTitles.Count > 0)
        {
            IconTitle = iconTitles[^1];
            iconTitles.RemoveAt(iconTitles.Count - 1);
        }
    }

    private void SetDirectory(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaximumTitle || !text.IsEmpty && !text.StartsWith("file://"u8))
            return;
        WorkingDirectory = Encoding.UTF8.GetString(text);
        AddEvent(ScreenEventKind.WorkingDirectory, WorkingDirectory);
    }

    private void SetLink(ReadOnlySpan<byte> text)
    {
        var separator = text.IndexOf((byte)';');
        if (separator < 0)
            return;
        var target = text[(separator + 1)..];
        var link = 0;
        if (!target.IsEmpty)
        {
            if (target.Length <= MaximumLinkTarget)
                link = Intern(new Link(IdOf(text[..separator]), Encoding.UTF8.GetString(target)));
        }
        else if (!text[..separator].Trim((byte)' ').IsEmpty)
        {
            return;
        }
        pen.Extension = Intern(ExtensionOf(pen.Extension) with { Link = link });
    }

    private static string IdOf(ReadOnlySpan<byte> options)
    {
        foreach (var option in options.Split((byte)':'))
        {
            if (options[option].StartsWith("id="u8))
                return Short(options[option]["id=".Length..]);
        }
        return "";
    }

    private void Clipboard(ReadOnlySpan<byte> text)
    {
        var separator = text.IndexOf((byte)';');
        var data = separator < 0 ? [] : text[(separator + 1)..];
        // A question ("?") would hand the person's clipboard to the program: never.
        if (data.IsEmpty || Base64.GetMaxDecodedFromUtf8Length(data.Length) > MaximumClipboard + 2)
            return;
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(data.Length)];
        if (Base64.DecodeFromUtf8(data, decoded, out _, out var written) == OperationStatus.Done && written <= MaximumClipboard)
            AddEvent(ScreenEventKind.ClipboardWrite, Encoding.UTF8.GetString(decoded.AsSpan(0, written)));
    }

    private void Mark(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 1 && text[1] != ';')
            return;
        CurrentRow.Marks |= (char)text[0] switch
        {
            'A' => LineMarks.PromptStarts,
            'B' => LineMarks.InputStarts,
            'C' => LineMarks.OutputStarts,
            'D' => LineMarks.CommandEnded,
            _ => LineMarks.None,
        };
    }
}
