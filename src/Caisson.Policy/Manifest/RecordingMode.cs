namespace Caisson.Policy.Manifest;

/// <summary>Whether terminals are recorded.</summary>
public enum RecordingMode
{
    Off,
    On,

    /// <summary>A terminal that can't be recorded does not run.</summary>
    Required,
}
