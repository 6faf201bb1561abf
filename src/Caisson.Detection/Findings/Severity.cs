namespace Caisson.Detection.Findings;

/// <summary>How bad it is when a finding is what it looks like. It never changes by itself what is done about it.</summary>
public enum Severity
{
    Low,
    Medium,
    High,
    Critical,
}
