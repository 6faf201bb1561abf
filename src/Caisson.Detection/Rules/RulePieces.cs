namespace Caisson.Detection.Rules;

/// <summary>
/// Pieces of expressions that many rules share, written by name in angle brackets. A value without a mark of its own is told by what it is assigned to:
/// <c>ACME_API_KEY=…</c>, <c>"acmeToken": "…"</c>, <c>acme.secret => '…'</c>.
/// </summary>
internal static class RulePieces
{
    /// <summary>The rest of a name that speaks of a key, then <see cref="Set"/>. At most 70 characters.</summary>
    internal const string Assigned = "<assigned>";

    /// <summary>An assignment, from behind the name up to the value: quotes, also escaped ones, and <c>= : := => == , ></c>. At most 17 characters.</summary>
    internal const string Set = "<set>";

    private const string SetExpression = """(?:\\?["'`\]]){0,2}[ \t]{0,3}(?:=>|:=|==|=|:|,|>)[ \t]{0,3}(?:\\?["'`])?""";

    private const string AssignedExpression =
        @"[\w.-]{0,20}(?i:key|token|secret|passw|pwd|auth|sid|cred|api|webhook|dsn|pat)[\w.-]{0,16}" + SetExpression;

    internal static string Expand(string pattern) =>
        pattern.Replace(Assigned, AssignedExpression, StringComparison.Ordinal).Replace(Set, SetExpression, StringComparison.Ordinal);
}
