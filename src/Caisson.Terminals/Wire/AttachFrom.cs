using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Caisson.Terminals.Wire;

/// <summary>Where a view begins.</summary>
/// <param name="Offset">Of the first output byte that is wanted; null with a snapshot or live.</param>
/// <param name="Snapshot">The screen first, then what follows.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AttachFrom(long? Offset, bool Snapshot)
{
    /// <summary>Only what comes from now on.</summary>
    public static AttachFrom Live => default;

    /// <summary>The text of a query: <c>live</c>, <c>snapshot</c> or an offset.</summary>
    public static bool TryParse(string? text, out AttachFrom from)
    {
        from = text is null or "snapshot" ? new AttachFrom(null, Snapshot: true) : Live;
        if (text is null or "snapshot" or "live")
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;
        from = new AttachFrom(offset, Snapshot: false);
        return true;
    }

    /// <summary>The member of an ATTACH frame.</summary>
    public static bool TryRead(JsonElement element, out AttachFrom from)
    {
        from = Live;
        if (element.ValueKind == JsonValueKind.Number)
        {
            var known = element.TryGetInt64(out var offset) && offset >= 0;
            from = new AttachFrom(offset, Snapshot: false);
            return known;
        }
        return element.ValueKind == JsonValueKind.String
            && element.GetString() is "live" or "snapshot"
            && TryParse(element.GetString(), out from);
    }
}
