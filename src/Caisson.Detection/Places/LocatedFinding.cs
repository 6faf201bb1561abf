using Caisson.Detection.Findings;

namespace Caisson.Detection.Places;

/// <summary>A finding and where exactly it is; of something packed: the least part of the packing that shows it.</summary>
/// <param name="Finding">Its own places count in the piece that was scanned; those here count in the whole text.</param>
/// <param name="Offset">In bytes from the beginning of the text.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Start">Of its first character.</param>
/// <param name="End">Behind its last character.</param>
public sealed record LocatedFinding(Finding Finding, long Offset, int Length, TextPosition Start, TextPosition End);
