namespace Caisson.Policy.Hosts;

public enum HostPatternKind
{
    /// <summary>One name or address.</summary>
    Exact,

    /// <summary><c>*.example.com</c>: exactly one label in front.</summary>
    OneLabel,

    /// <summary><c>**.example.com</c>: one or more labels in front.</summary>
    AnyDepth,
}

/// <summary>The host of a route or bind: a name, an address, or a name behind <c>*.</c> or <c>**.</c>. Wildcards never match addresses.</summary>
/// <param name="Suffix">For <see cref="HostPatternKind.Exact"/> the host itself, else what follows the wildcard and its dot.</param>
public readonly record struct HostPattern(HostPatternKind Kind, string Suffix)
{
    /// <summary>Reads a pattern; on failure <paramref name="problem"/> says why in words that fit behind "the host".</summary>
    public static bool TryParse(string text, out HostPattern pattern, out string problem)
    {
        pattern = default;
        problem = "";
        var kind = text switch
        {
            _ when text.StartsWith("**.", StringComparison.Ordinal) => HostPatternKind.AnyDepth,
            _ when text.StartsWith("*.", StringComparison.Ordinal) => HostPatternKind.OneLabel,
            _ => HostPatternKind.Exact,
        };
        if (text is "*" or "**")
        {
            problem = "would allow every host; name hosts, or a domain as in '*.example.com'";
            return false;
        }
        var rest = text[
            (
                kind == HostPatternKind.AnyDepth ? 3
                : kind == HostPatternKind.OneLabel ? 2
                : 0
            )..
        ];
        if (rest.Contains('*', StringComparison.Ordinal))
        {
            problem = "may hold '*' only as its first label: '*.example.com' (one label) or '**.example.com' (any depth)";
            return false;
        }
        var canonical = HostName.Canonicalise(rest);
        if (!canonical.IsValid)
        {
            problem = canonical.Problem!;
            return false;
        }
        if (canonical.Port is not null)
        {
            problem = "holds a port; write it under 'ports'";
            return false;
        }
        if (canonical.IsLiteral && kind != HostPatternKind.Exact)
        {
            problem = "has a wildcard in front of an address";
            return false;
        }
        pattern = new HostPattern(kind, canonical.Host);
        return true;
    }

    /// <summary>Whether the canonical host fits.</summary>
    public bool Matches(string host)
    {
        if (Kind == HostPatternKind.Exact)
            return string.Equals(host, Suffix, StringComparison.Ordinal);
        var front = host.Length - Suffix.Length - 1;
        if (front <= 0 || host[front] != '.' || !host.EndsWith(Suffix, StringComparison.Ordinal) || HostName.IsLiteral(host))
            return false;
        return Kind == HostPatternKind.AnyDepth || !host.AsSpan(0, front).Contains('.');
    }

    /// <summary>Whether every host that fits <paramref name="other"/> fits this one too.</summary>
    public bool Covers(HostPattern other) =>
        (Kind, other.Kind) switch
        {
            (_, HostPatternKind.Exact) => Matches(other.Suffix),
            (HostPatternKind.Exact, _) => false,
            (HostPatternKind.OneLabel, HostPatternKind.OneLabel) => Suffix == other.Suffix,
            (HostPatternKind.OneLabel, _) => false,
            _ => Suffix == other.Suffix || other.Suffix.EndsWith("." + Suffix, StringComparison.Ordinal),
        };

    public override string ToString() =>
        Kind switch
        {
            HostPatternKind.OneLabel => "*." + Suffix,
            HostPatternKind.AnyDepth => "**." + Suffix,
            _ => Suffix,
        };
}
