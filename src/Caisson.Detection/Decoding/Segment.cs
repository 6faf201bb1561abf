using System.Runtime.InteropServices;

namespace Caisson.Detection.Decoding;

/// <summary>A part of a text that looks written in some way; in bytes from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Segment(Coding Coding, int Start, int Length)
{
    internal int End => Start + Length;
}
