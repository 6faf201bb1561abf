namespace Caisson.Sandboxes.Doctor;

public enum Severity
{
    Ok,
    Warning,
    Error,
}

/// <summary>One result of <c>caisson doctor</c>.</summary>
/// <param name="Code">Stable: <c>bubblewrap.missing</c>, <c>userns.disabled</c>, ….</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">The command or setting that mends it, or null when nothing is wrong.</param>
/// <param name="Value">What was measured, where it is one thing.</param>
public sealed record Finding(string Code, Severity Severity, string Message, string? Fix = null, string? Value = null);
