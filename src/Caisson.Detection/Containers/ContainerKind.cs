namespace Caisson.Detection.Containers;

/// <summary>Files that hold other files, or one other file packed. <see cref="Other"/> is one that is known and can't be opened here.</summary>
public enum ContainerKind
{
    None,
    Zip,
    Tar,
    Gzip,
    Other,
}

/// <summary>Tells containers by how they begin, whatever they are called.</summary>
public static class ContainerKinds
{
    /// <summary>How many bytes of the beginning are looked at.</summary>
    public const int Look = 512;

    /// <param name="beginning">The first <see cref="Look"/> bytes, or all of what is shorter.</param>
    public static ContainerKind Of(ReadOnlySpan<byte> beginning)
    {
        // APPNOTE.TXT 4.3: a first entry, or the end of an archive without any; split archives begin with a mark of their own.
        if (beginning.StartsWith("PK\x03\x04"u8) || beginning.StartsWith("PK\x05\x06"u8) || beginning.StartsWith("PK\x07\x08"u8))
            return ContainerKind.Zip;
        // RFC 1952, with deflate, the one method there is.
        if (beginning.StartsWith(stackalloc byte[] { 0x1F, 0x8B, 0x08 }))
            return ContainerKind.Gzip;
        if (IsTar(beginning))
            return ContainerKind.Tar;
        return Closed(beginning) is null ? ContainerKind.None : ContainerKind.Other;
    }

    /// <summary>The name of a container that can't be opened; null for everything else.</summary>
    public static string? Closed(ReadOnlySpan<byte> beginning)
    {
        if (beginning.StartsWith(stackalloc byte[] { 0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C }))
            return "7z";
        if (beginning.StartsWith("Rar!\x1A\x07"u8))
            return "rar";
        if (beginning.StartsWith(stackalloc byte[] { 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00 }))
            return "xz";
        if (
            beginning.Length > 10
            && beginning.StartsWith("BZh"u8)
            && beginning[4..10].SequenceEqual(stackalloc byte[] { 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 })
        )
            return "bzip2";
        return beginning.StartsWith(stackalloc byte[] { 0x28, 0xB5, 0x2F, 0xFD }) ? "zstd" : null;
    }

    // Archives before POSIX have no mark; the sum of the header tells them.
    private static bool IsTar(ReadOnlySpan<byte> header)
    {
        if (header.Length < Look || header[0] == 0)
            return false;
        var sum = 0L;
        for (var index = 0; index < Look; index++)
            sum += index is >= 148 and < 156 ? ' ' : header[index];
        var told = 0L;
        var digits = 0;
        foreach (var item in header[148..156])
        {
            if (item is >= (byte)'0' and <= (byte)'7')
                (told, digits) = ((told * 8) + item - '0', digits + 1);
            else if (item is not ((byte)' ' or 0))
                return false;
        }
        return digits > 0 && told == sum;
    }
}
