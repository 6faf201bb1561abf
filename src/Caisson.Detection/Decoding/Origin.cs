using System.Runtime.InteropServices;

namespace Caisson.Detection.Decoding;

/// <summary>From a place in opened text on: where in the scanned content the outermost packing stands; in bytes from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Origin(int From, int Start, int Length)
{
    /// <summary>The packing that a place in opened text came out of.</summary>
    /// <param name="origins">At least one, in order.</param>
    internal static Origin Of(ReadOnlySpan<Origin> origins, int place)
    {
        var low = 0;
        var high = origins.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (origins[middle].From <= place)
                low = middle;
            else
                high = middle - 1;
        }
        return origins[low];
    }
}
