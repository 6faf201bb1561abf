using System.Collections.Frozen;
using Caisson.Policy.Hosts;

namespace Caisson.Policy.Decisions;

/// <summary>Finds the most specific pattern for a host: exact, then <c>*.</c>, then <c>**.</c> from the longest suffix. Allocates nothing.</summary>
internal sealed class HostIndex
{
    private readonly FrozenDictionary<string, HostPlan> exact;
    private readonly FrozenDictionary<string, HostPlan>.AlternateLookup<ReadOnlySpan<char>> oneLabel;
    private readonly FrozenDictionary<string, HostPlan>.AlternateLookup<ReadOnlySpan<char>> anyDepth;
    private readonly bool hasWildcards;

    public HostIndex(IReadOnlyList<CompiledRoute> routes)
    {
        var plans = routes.Select(route => route.Pattern).Distinct().Select(pattern => new HostPlan(pattern, routes)).ToArray();
        exact = Of(plans, HostPatternKind.Exact);
        var single = Of(plans, HostPatternKind.OneLabel);
        var deep = Of(plans, HostPatternKind.AnyDepth);
        oneLabel = single.GetAlternateLookup<ReadOnlySpan<char>>();
        anyDepth = deep.GetAlternateLookup<ReadOnlySpan<char>>();
        hasWildcards = single.Count + deep.Count > 0;
        Plans = plans;
    }

    public IReadOnlyList<HostPlan> Plans { get; }

    public HostPlan? Find(string host)
    {
        if (exact.TryGetValue(host, out var plan))
            return plan;
        if (!hasWildcards || HostName.IsLiteral(host))
            return null;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0)
            return null;
        if (oneLabel.TryGetValue(host.AsSpan(dot + 1), out plan))
            return plan;
        for (; dot > 0; dot = host.IndexOf('.', dot + 1))
        {
            if (anyDepth.TryGetValue(host.AsSpan(dot + 1), out plan))
                return plan;
        }
        return null;
    }

    private static FrozenDictionary<string, HostPlan> Of(IEnumerable<HostPlan> plans, HostPatternKind kind) =>
        plans.Where(plan => plan.Pattern.Kind == kind).ToFrozenDictionary(plan => plan.Pattern.Suffix, StringComparer.Ordinal);
}
