using Caisson.Policy.Yaml;

namespace Caisson.Policy.Loading;

/// <summary>Where readers of one file put what they find wrong. Reading goes on after a fault, so that all are reported together.</summary>
internal sealed class LoadContext(string file, Layer layer, PolicyLoadOptions options)
{
    private readonly List<PolicyError> errors = [];
    private readonly List<PolicyError> warnings = [];

    public string File { get; } = file;

    public PolicyLoadOptions Options { get; } = options;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<PolicyError> Errors => [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];

    public IReadOnlyList<PolicyError> Warnings => warnings;

    public Origin Origin(Place place) => new(layer, File, place.Line, place.Column);

    public void Error(Place place, string path, string message, string? didYouMean = null, IReadOnlyList<string>? allowed = null)
    {
        // A value that is read twice is still wrong only once.
        if (
            !errors.Exists(error =>
                error.Line == place.Line && error.Column == place.Column && error.KeyPath == path && error.Message == message
            )
        )
            errors.Add(Make(place, path, message, didYouMean, allowed));
    }

    public void Warn(Place place, string path, string message) => warnings.Add(Make(place, path, message, null, null));

    /// <summary>An unknown word where only some are allowed.</summary>
    public void Unknown(Place place, string path, string what, string word, IReadOnlyList<string> allowed) =>
        Error(place, path, $"unknown {what} '{Shown(word)}'", Suggestion.Nearest(word, allowed), allowed);

    public void NotYet(Place place, string path, string what) => Error(place, path, $"`{what}` is not available yet in this version");

    /// <summary>Text of the file inside a message: one line, not too long.</summary>
    public static string Shown(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > 60 ? line[..60] + "…" : line;
    }

    private PolicyError Make(Place place, string path, string message, string? didYouMean, IReadOnlyList<string>? allowed) =>
        new()
        {
            File = File,
            Line = place.Line,
            Column = place.Column,
            KeyPath = path,
            Message = message,
            DidYouMean = didYouMean,
            Allowed = allowed ?? [],
        };
}
