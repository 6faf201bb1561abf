using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

public sealed partial class TerminalScreen
{
    internal void Save(StateWriter writer)
    {
        writer.Int(Columns);
        writer.Int(Rows);
        writer.Int(ScrollbackLimit);
        SaveTables(writer);
        main.Save(writer);
        alternate.Save(writer);
        writer.Int(x);
        writer.Int(y);
        writer.Value(pen);
        writer.Value(charsets);
        writer.Int((int)modes);
        writer.Int((int)MouseTracking);
        writer.Int((int)MouseEncoding);
        writer.Int(CursorStyle);
        writer.Int(preceding);
        SaveParser(writer);
        SaveStrings(writer);
    }

    internal static TerminalScreen Load(ref StateReader reader)
    {
        var screen = new TerminalScreen(reader.Int(), reader.Int(), reader.Int());
        screen.LoadTables(ref reader);
        screen.main.Load(ref reader);
        screen.alternate.Load(ref reader);
        screen.x = reader.Int();
        screen.y = reader.Int();
        screen.pen = reader.Value<Pen>();
        screen.SetCharsets(reader.Value<Charsets>());
        screen.modes = (ScreenModes)reader.Int();
        screen.active = screen.Is(ScreenModes.AlternateScreen) ? screen.alternate : screen.main;
        screen.MouseTracking = (MouseTracking)reader.Int();
        screen.MouseEncoding = (MouseEncoding)reader.Int();
        screen.CursorStyle = reader.Int();
        screen.preceding = reader.Int();
        screen.LoadParser(ref reader);
        screen.LoadStrings(ref reader);
        return screen;
    }

    private void SaveTables(StateWriter writer)
    {
        writer.Int(clusters.Count);
        foreach (var (index, step) in clusters.All)
        {
            writer.Int(index);
            writer.Value(step);
        }
        writer.Int(links.Count);
        foreach (var (index, link) in links.All)
        {
            writer.Int(index);
            writer.Text(link.Id);
            writer.Text(link.Target);
        }
        writer.Int(extensions.Count);
        foreach (var (index, extension) in extensions.All)
        {
            writer.Int(index);
            writer.Value(extension);
        }
    }

    private void LoadTables(ref StateReader reader)
    {
        for (var count = reader.Int(); count > 0; count--)
            clusters.Put(reader.Int(), reader.Value<ClusterStep>());
        for (var count = reader.Int(); count > 0; count--)
            links.Put(reader.Int(), new Link(reader.Text(), reader.Text()));
        for (var count = reader.Int(); count > 0; count--)
            extensions.Put(reader.Int(), reader.Value<Extension>());
        clusters.Settle();
        links.Settle();
        extensions.Settle();
    }

    private void SaveParser(StateWriter writer)
    {
        writer.Int((int)state);
        writer.Value(parameters);
        writer.Int(collected);
        writer.Bytes(payload.AsSpan(0, payloadLength));
        writer.Bool(payloadDropped);
        writer.Int(hookFinal);
        writer.Int(utf8Code);
        writer.Int(utf8Left);
        writer.Int(utf8Minimum);
        writer.Int(utf8Bytes);
    }

    private void LoadParser(ref StateReader reader)
    {
        state = (ParserState)reader.Int();
        parameters = reader.Value<SequenceParameters>();
        collected = reader.Int();
        PutPayload(reader.Bytes());
        payloadDropped = reader.Bool();
        hookFinal = reader.Int();
        utf8Code = reader.Int();
        utf8Left = reader.Int();
        utf8Minimum = reader.Int();
        utf8Bytes = reader.Int();
    }

    private void SaveStrings(StateWriter writer)
    {
        writer.Text(Title);
        writer.Text(IconTitle);
        writer.Text(WorkingDirectory);
        Save(writer, titles);
        Save(writer, iconTitles);
        writer.Bytes(MemoryMarshal.AsBytes(setColours.AsSpan()));
        writer.Long(ReplyOffset);
        writer.Bytes(replies.AsSpan(0, repliesLength));
        writer.Int(events.Count);
        foreach (var happened in events)
        {
            writer.Int((int)happened.Kind);
            writer.Text(happened.Text);
        }
    }

    private void LoadStrings(ref StateReader reader)
    {
        Title = reader.Text();
        IconTitle = reader.Text();
        WorkingDirectory = reader.Text();
        Load(ref reader, titles);
        Load(ref reader, iconTitles);
        MemoryMarshal.Cast<byte, int>(reader.Bytes()).CopyTo(setColours);
        ReplyOffset = reader.Long();
        replies = reader.Bytes().ToArray();
        repliesLength = replies.Length;
        for (var count = reader.Int(); count > 0; count--)
            events.Add(new ScreenEvent((ScreenEventKind)reader.Int(), reader.Text()));
    }

    private static void Save(StateWriter writer, List<string> texts)
    {
        writer.Int(texts.Count);
        foreach (var text in texts)
            writer.Text(text);
    }

    private static void Load(ref StateReader reader, List<string> texts)
    {
        for (var count = reader.Int(); count > 0; count--)
            texts.Add(reader.Text());
    }
}
