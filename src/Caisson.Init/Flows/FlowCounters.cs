using System.Runtime.InteropServices;

namespace Caisson.Init.Flows;

/// <summary>Counts over all connections, and the one buffer that they share: only one is relayed at a time.</summary>
internal sealed unsafe class FlowCounters
{
    internal const int BufferSize = 256 * 1024;
    private const long ManyKept = 16 << 20;
    private const int SmallRead = 4 * 1024;

    internal long Total { get; set; }

    internal long Refused { get; set; }

    internal int Open { get; set; }

    internal long BytesOut { get; set; }

    internal long BytesIn { get; set; }

    /// <summary>Bytes that were read from one side and that the other does not take yet, over all connections.</summary>
    internal long Kept { get; set; }

    /// <summary>How much to read at once: little when much is kept already, so that thousands of stalled connections do not fill the memory.</summary>
    internal int ReadSize => Kept > ManyKept ? SmallRead : BufferSize;

    internal byte* Buffer { get; } = (byte*)NativeMemory.Alloc(BufferSize);
}
