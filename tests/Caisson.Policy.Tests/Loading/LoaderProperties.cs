using Caisson.Policy.Composition;
using Caisson.Policy.Loading;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Policy.Tests.Loading;

public sealed class LoaderProperties
{
    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "  ",
        "\t",
        "'",
        "\"",
        "#",
        "|",
        ">",
        "&a",
        "*a",
        "!x",
        "?",
        ",",
        "%",
        "@",
        "`",
        "\\",
        "---",
        "...",
        "0",
        "-1",
        "1e9",
        "true",
        "null",
        "~",
        "\u0000",
        "\u0085",
        "\ufeff",
        "ü",
        "\ud83d\ude00",
        "routes",
        "host",
        "match",
        "env",
        "<<",
    ];

    [Fact]
    public void NoText_MakesTheLoaderThrow_AndEveryFaultHasAPlaceInTheFile()
    {
        var edit =
            from at in Gen.Choose(0, Text.Example.Length)
            from cut in Gen.Choose(0, 12)
            from piece in Gen.Elements(Pieces)
            select (at, cut, piece);
        Prop.ForAll(
                Gen.Choose(1, 6).SelectMany(count => edit.ArrayOf(count)).ToArbitrary(),
                edits =>
                {
                    var text = Text.Example;
                    foreach (var (at, cut, piece) in edits)
                    {
                        var start = Math.Min(at, text.Length);
                        text = text[..start] + piece + text[Math.Min(start + cut, text.Length)..];
                    }
                    var result = PolicyLoader.Parse(text, "a.md", Text.Options);
                    var lines = text.Split('\n').Length + 1;
                    if (result.Policy is null)
                        return result.Errors.Count > 0 && result.Errors.All(error => error.Line >= 0 && error.Line <= lines);
                    _ = PolicyComposer.Compose([result.Policy]);
                    return result.Errors.Count == 0;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
