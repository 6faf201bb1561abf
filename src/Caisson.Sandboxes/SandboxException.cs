namespace Caisson.Sandboxes;

/// <summary>A launch or operation that could not be done, in words that name the cause and the remedy.</summary>
/// <param name="code">A stable code: <c>not_supported</c>, <c>isolation_unavailable</c>, <c>isolation_unverified</c>, <c>sandbox_not_ready</c>,
/// <c>unknown_sandbox</c>, <c>limits_unavailable</c>, <c>launch_failed</c>, <c>storage_full</c>, ….</param>
/// <param name="message">What happened and why.</param>
/// <param name="fix">What to do about it, or null.</param>
/// <param name="details">Further lines, such as every error of a policy.</param>
public sealed class SandboxException(
    string code,
    string message,
    string? fix = null,
    Exception? inner = null,
    IReadOnlyList<string>? details = null
) : Exception(message, inner)
{
    public IReadOnlyList<string> Details { get; } = details ?? [];

    public string Code { get; } = code;

    public string? Fix { get; } = fix;
}
