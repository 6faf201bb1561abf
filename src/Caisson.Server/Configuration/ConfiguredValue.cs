namespace Caisson.Server.Configuration;

/// <param name="Origin">Where it was written: <c>--listen</c>, <c>CAISSON_DRIVER</c>, <c>caisson.yaml:3</c> or <c>default</c>.</param>
public sealed record ConfiguredValue(ServerSetting Setting, IReadOnlyList<string> Texts, string Origin);

/// <summary>Options, where each comes from, and every error found: the options are valid only without errors.</summary>
public sealed record ServerConfiguration(ServerOptions Options, IReadOnlyList<ConfiguredValue> Values, IReadOnlyList<string> Errors);
