using System.Text;
using Caisson.Detection.Search;

namespace Caisson.Detection.Rules;

/// <summary>Rules that are looked for together. Immutable.</summary>
public sealed class RuleSet
{
    private readonly CompiledRule[][] rulesOf;

    /// <param name="rules">With different ids.</param>
    public RuleSet(IReadOnlyList<CompiledRule> rules)
    {
        All = rules;
        var keywords = rules
            .SelectMany(rule => rule.Rule.Keywords.Select(keyword => (Keyword: keyword.ToLowerInvariant(), rule)))
            .GroupBy(pair => pair.Keyword, pair => pair.rule, StringComparer.Ordinal)
            .ToList();
        Keywords = new KeywordIndex([.. keywords.Select(group => Encoding.ASCII.GetBytes(group.Key))]);
        rulesOf = [.. keywords.Select(group => group.Distinct().ToArray())];
        Longest = rules.Count == 0 ? 0 : rules.Max(rule => rule.Rule.Before + rule.Rule.Longest);
    }

    public static RuleSet Empty { get; } = new([]);

    public IReadOnlyList<CompiledRule> All { get; }

    /// <summary>The longest text in which one match may lie, in bytes.</summary>
    public int Longest { get; }

    internal KeywordIndex Keywords { get; }

    internal CompiledRule[] RulesOf(int keyword) => rulesOf[keyword];
}
