using System.Runtime.InteropServices;
using Caisson.Detection.Findings;

namespace Caisson.Gateway.Scanning;

/// <summary>A finding in a request.</summary>
/// <param name="Finding">Without the value.</param>
/// <param name="Surface">Where: <c>host</c>, <c>path</c>, <c>query</c>, <c>header NAME</c>, <c>body</c>.</param>
/// <param name="Start">In that part, in bytes from 0.</param>
/// <param name="Action">What follows.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScanHit(Finding Finding, string Surface, long Start, MatchAction Action);
