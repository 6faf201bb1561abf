namespace Caisson.Policy.Manifest;

/// <summary>Whether an app of a workspace answers. Asked inside the sandbox, of the sandbox itself.</summary>
/// <param name="Name">What people read.</param>
/// <param name="Url"><c>http://127.0.0.1</c> or <c>http://localhost</c>, with port and path. 2xx and 3xx are well.</param>
/// <param name="Interval">From one look to the next.</param>
/// <param name="Threshold">Looks in a row that have to fail before it is told.</param>
/// <param name="IsVital">Whether the workspace is unhealthy then, and not only degraded.</param>
/// <param name="Fix">What to do, in the operator's words; null: general ones.</param>
public sealed record TemplateCheck(string Name, string Url, TimeSpan Interval, int Threshold, bool IsVital, string? Fix);
