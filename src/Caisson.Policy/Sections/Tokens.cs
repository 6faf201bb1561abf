using Caisson.Policy.Loading;

namespace Caisson.Policy.Sections;

/// <summary>Tokens of HTTP (RFC 9110 section 5.6.2) and lists of methods.</summary>
internal static class Tokens
{
    public static readonly IReadOnlyList<string> Reading = ["GET", "HEAD", "OPTIONS"];

    public static bool IsToken(string text) =>
        text.Length is > 0 and <= 200
        && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character));

    /// <summary>Upper case, each once, with <c>read</c> expanded.</summary>
    public static IReadOnlyList<string> Methods(SectionReader section, string key)
    {
        var methods = new List<string>();
        foreach (var (node, path) in section.Items(key))
        {
            if (SectionValues.TextOf(node, path, section.Context) is not { } text)
                continue;
            var method = text.ToUpperInvariant();
            if (method == "READ")
                methods.AddRange(Reading);
            else if (method is "TRACE" or "CONNECT")
                section.Context.Error(node.Place, path, $"{method} can't be allowed");
            else if (IsToken(method))
                methods.Add(method);
            else
                section.Context.Error(node.Place, path, "must be an HTTP method, or `read` for GET, HEAD and OPTIONS");
        }
        return [.. methods.Distinct(StringComparer.Ordinal)];
    }
}
