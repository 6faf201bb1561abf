using System.Runtime.InteropServices;

namespace Caisson.Init.Flows;

/// <summary>Counts over all connections, and the one buffer that they share: only one is relayed at a time.</summary>
internal sealed unsafe class FlowCounters
{
    internal const int BufferSize = 256 * 1024;

    internal long Total { get; set; }

    internal long Refused { get; set; }

    internal int Open { get; set; }

    internal long BytesOut { get; set; }

    internal long BytesIn { get; set; }

    internal byte* Buffer { get; } = (byte*)NativeMemory.Alloc(BufferSize);
}
