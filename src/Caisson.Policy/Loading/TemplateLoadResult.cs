using Caisson.Policy.Manifest;

namespace Caisson.Policy.Loading;

/// <summary>A template, or every fault of its file.</summary>
public sealed record TemplateLoadResult(TemplateManifest? Template, IReadOnlyList<PolicyError> Errors);
