using Caisson.Policy.Manifest;

namespace Caisson.Policy.Loading;

/// <summary>A policy, or every fault of its file. A file with a fault gives no policy.</summary>
/// <param name="Policy">Null where there are errors.</param>
/// <param name="Errors">All of the file, in its order.</param>
/// <param name="Warnings">What loads and is odd.</param>
public sealed record PolicyLoadResult(PolicyManifest? Policy, IReadOnlyList<PolicyError> Errors, IReadOnlyList<PolicyError> Warnings);

/// <summary>An agent profile, or every fault of its file.</summary>
public sealed record ProfileLoadResult(AgentProfile? Profile, IReadOnlyList<PolicyError> Errors);
