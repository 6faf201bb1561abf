namespace Caisson.Workspaces.Terminals;

/// <param name="Command">Null or empty: the place's shell.</param>
/// <param name="Directory">Absolute; null: the place's own.</param>
public sealed record NewTerminal(string? Label, IReadOnlyList<string>? Command, string? Directory, int Columns, int Rows);
