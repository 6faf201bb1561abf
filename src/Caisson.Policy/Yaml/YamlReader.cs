using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Caisson.Policy.Yaml;

/// <summary>
/// Reads one document of the YAML 1.2 core into a tree, from parser events alone: no reflection, no typed objects. Anchors, aliases, tags, several
/// documents and duplicate keys are refused, because each makes a file mean something else than it seems to.
/// </summary>
public sealed class YamlReader
{
    /// <summary>How deep lists and blocks may nest.</summary>
    public const int MaximumDepth = 20;

    private readonly IParser parser;
    private readonly Action<Place, string> report;
    private readonly int lineOffset;

    private YamlReader(string text, int lineOffset, Action<Place, string> report)
    {
        parser = new GuardedParser(new Parser(new StringReader(text)));
        this.report = report;
        this.lineOffset = lineOffset;
    }

    /// <param name="text">The YAML alone.</param>
    /// <param name="lineOffset">Lines of the file in front of it.</param>
    /// <param name="report">Called for every fault, with its place in the file.</param>
    /// <returns>The tree, or null when a fault made reading on impossible or the document is empty.</returns>
    public static YamlNode? Read(string text, int lineOffset, Action<Place, string> report)
    {
        var reader = new YamlReader(text, lineOffset, report);
        try
        {
            return reader.Document();
        }
        catch (YamlException exception)
        {
            report(reader.At(exception.Start), "is not valid YAML: " + Sentence(exception));
            return null;
        }
        catch (TooDeepException)
        {
            return null;
        }
    }

    private YamlNode? Document()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
            return null;
        var start = parser.Consume<DocumentStart>();
        if (start.Version is not null || start.Tags?.Any(tag => tag.Prefix is not ("!" or "tag:yaml.org,2002:")) == true)
            report(At(start.Start), "directives (%YAML, %TAG) are not allowed");
        var root = Node(1);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            report(At(second.Start), "only one YAML document is allowed; remove the '---' between");
        return root;
    }

    private YamlNode Node(int depth)
    {
        var current = parser.Current ?? throw new YamlException("the text ends too early");
        if (depth > MaximumDepth)
        {
            report(At(current.Start), $"nests deeper than {MaximumDepth} levels");
            throw new TooDeepException();
        }
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            report(At(alias.Start), "aliases (*name) are not allowed; write the value out");
            return new YamlScalar(At(alias.Start), "", false);
        }
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            CheckProperties(scalar);
            return new YamlScalar(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }
        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            CheckProperties(sequence);
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                items.Add(Node(depth + 1));
            return new YamlSequence(At(sequence.Start), items);
        }
        var mapping = parser.Consume<MappingStart>();
        CheckProperties(mapping);
        return new YamlMapping(At(mapping.Start), Entries(depth));
    }

    private List<YamlEntry> Entries(int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, Place>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not YamlScalar name)
                report(key.Place, "a key must be a single word");
            else if (!seen.TryAdd(name.Text, name.Place))
                report(name.Place, $"the key '{name.Text}' stands twice (first in line {seen[name.Text].Line})");
            else
                entries.Add(new YamlEntry(name, value));
        }
        return entries;
    }

    private void CheckProperties(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            report(At(node.Start), $"anchors (&{node.Anchor.Value}) are not allowed; write the value out where it is needed");
        if (!node.Tag.IsEmpty)
            report(At(node.Start), $"tags ({(node.Tag.IsNonSpecific ? "!" : node.Tag.Value)}) are not allowed");
    }

    private Place At(Mark mark) => new((int)mark.Line + lineOffset, (int)mark.Column);

    // The parser's text, without the places it repeats.
    private static string Sentence(YamlException exception)
    {
        var message = exception.Message;
        var end = message.IndexOf("): ", StringComparison.Ordinal);
        return end >= 0 && message.StartsWith('(') ? message[(end + 3)..] : message;
    }

    private sealed class TooDeepException : Exception;

    // YamlDotNet 16.3 loses its footing on some invalid texts (an unclosed flow block before certain characters) and throws what it throws for misuse.
    private sealed class GuardedParser(Parser inner) : IParser
    {
        public ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            try
            {
                return inner.MoveNext();
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
            {
                var mark = inner.Current?.End ?? Mark.Empty;
                throw new YamlException(mark, mark, "what follows here can't be read", exception);
            }
        }
    }
}
