namespace Caisson.Terminals.Screen;

internal sealed partial class ScreenBuffer
{
    public void Save(StateWriter writer)
    {
        writer.Int(Top);
        writer.Int(Bottom);
        writer.Value(Tabs);
        writer.Value(Saved);
        writer.Int(Column);
        writer.Int(Line);
        var encoded = new byte[LineCodec.Bound(Rows[0].Cells.Length)];
        foreach (var row in Rows)
            Save(writer, encoded.AsSpan(0, LineCodec.Encode(row.Cells, encoded)), row.Wrapped, row.Marks);
        if (Scrollback is null)
            return;
        writer.Int(Scrollback.Count);
        for (var line = 0; line < Scrollback.Count; line++)
            Save(writer, Scrollback.Encoded(line), Scrollback.IsWrapped(line), Scrollback.MarksOf(line));
    }

    public void Load(ref StateReader reader)
    {
        Top = reader.Int();
        Bottom = reader.Int();
        Tabs = reader.Value<TabStops>();
        Saved = reader.Value<SavedCursor>();
        Column = reader.Int();
        Line = reader.Int();
        foreach (var row in Rows)
        {
            LineCodec.Decode(reader.Bytes(), row.Cells);
            row.Wrapped = reader.Bool();
            row.Marks = (LineMarks)reader.Int();
        }
        if (Scrollback is null)
            return;
        for (var count = reader.Int(); count > 0; count--)
            Scrollback.Append(reader.Bytes(), reader.Bool(), (LineMarks)reader.Int());
    }

    private static void Save(StateWriter writer, ReadOnlySpan<byte> encoded, bool wrapped, LineMarks marks)
    {
        writer.Bytes(encoded);
        writer.Bool(wrapped);
        writer.Int((int)marks);
    }
}
