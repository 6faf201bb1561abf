namespace Caisson.Policy.Manifest;

/// <summary>A value and where it was written.</summary>
public sealed record Setting<T>(T Value, Origin Origin);
