namespace Caisson.Policy.Manifest;

/// <summary>The name and address that commits made in the sandbox claim.</summary>
public sealed record GitUser(Setting<string>? Name, Setting<string>? Email);
