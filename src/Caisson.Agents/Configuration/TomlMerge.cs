using System.Text.Json;

namespace Caisson.Agents.Configuration;

/// <summary>TOML files: only the lines of Caisson's keys change; comments, order and layout of the others stay.</summary>
internal static class TomlMerge
{
    internal static MergeResult Apply(AgentFile file, string? existing)
    {
        var text = existing ?? "";
        foreach (var setting in file.Settings)
        {
            var (next, broken) = Set(text, setting);
            if (broken is not null)
                return Apply(file, null) with { Broken = broken };
            text = next;
        }
        return new MergeResult(text, Changed: text != existing);
    }

    private static (string Text, string? Broken) Set(string text, FileSetting setting)
    {
        // The text is read anew for each key: lines move, and these files are small.
        var document = new TomlDocument(text);
        if (document.Error is not null)
            return (text, document.Error);
        if (document.Entries.Find(entry => entry.Path.SequenceEqual(setting.Key)) is { } present)
            return (setting.Mode is SettingMode.Owned ? Replace(document, present, setting.Value) : text, null);
        if (document.Entries.Find(entry => entry.Path.Count < setting.Key.Count && IsPrefix(entry.Path, setting.Key)) is { } above)
        {
            // A default is not worth an argument with the user.
            return setting.Mode is SettingMode.Owned
                ? (text, $"line {above.First + 1}: {setting} can't be set below a value")
                : (text, null);
        }
        Insert(document, setting);
        return (string.Join('\n', document.Lines), null);
    }

    private static string Replace(TomlDocument document, TomlDocument.Entry entry, string value)
    {
        var (head, tail) = (document.Lines[entry.First][..entry.ValueStart], document.Lines[entry.Last][entry.ValueEnd..]);
        document.Lines[entry.First] = $"{head} {value}{tail}";
        document.Lines.RemoveRange(entry.First + 1, entry.Last - entry.First);
        return string.Join('\n', document.Lines);
    }

    private static void Insert(TomlDocument document, FileSetting setting)
    {
        var table = setting.Key.SkipLast(1).ToArray();
        var line = $"{Quote(setting.Key[^1])} = {setting.Value}";
        if (document.Entries.FindLast(entry => entry.Table.SequenceEqual(table)) is { } sibling)
        {
            document.Lines.Insert(sibling.Last + 1, line);
        }
        else if (document.Headers.Find(header => header.Path.SequenceEqual(table)) is { } header)
        {
            document.Lines.Insert(header.Line + 1, line);
        }
        else if (document.Entries.FindLast(entry => IsPrefix(table, entry.Path)) is { } dotted && table.Length > dotted.Table.Count)
        {
            // The user wrote this table as dotted keys of another; TOML forbids to open it a second time.
            var relative = setting.Key.Skip(dotted.Table.Count).Select(Quote);
            document.Lines.Insert(dotted.Last + 1, $"{string.Join('.', relative)} = {setting.Value}");
        }
        else if (table.Length == 0)
        {
            document.Lines.Insert(document.FirstHeader == document.Lines.Count ? LastFilled(document) : document.FirstHeader, line);
        }
        else
        {
            var end = LastFilled(document);
            document.Lines.RemoveRange(end, document.Lines.Count - end);
            if (end > 0)
                document.Lines.Add("");
            document.Lines.AddRange([$"[{string.Join('.', table.Select(Quote))}]", line, ""]);
        }
    }

    /// <summary>Index behind the last line that is not blank.</summary>
    private static int LastFilled(TomlDocument document) => document.Lines.FindLastIndex(line => !string.IsNullOrWhiteSpace(line)) + 1;

    private static bool IsPrefix(IReadOnlyList<string> prefix, IReadOnlyList<string> path) =>
        prefix.Count <= path.Count && prefix.SequenceEqual(path.Take(prefix.Count));

    private static string Quote(string key) =>
        key.Length > 0 && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            ? key
            : $"\"{JsonEncodedText.Encode(key, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
