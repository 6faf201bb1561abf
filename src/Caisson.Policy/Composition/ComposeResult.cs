using Caisson.Policy.Loading;

namespace Caisson.Policy.Composition;

/// <summary>An effective policy, or why several policies (or one, looked at as a whole) don't make one.</summary>
/// <param name="Policy">Null where there are errors.</param>
public sealed record ComposeResult(EffectivePolicy? Policy, IReadOnlyList<PolicyError> Errors, IReadOnlyList<PolicyError> Warnings);
