namespace Caisson.Terminals.Recordings;

/// <summary>What a recording can be written as.</summary>
public enum CastFormat
{
    /// <summary>asciicast 3: times are since the event before.</summary>
    V3,

    /// <summary>asciicast 2: times are since the start; it has no exit event.</summary>
    V2,

    /// <summary>The lines that were shown, without anything else.</summary>
    Text,
}
