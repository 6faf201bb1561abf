using System.Formats.Tar;
using System.IO.Compression;

namespace Caisson.Detection.Containers;

/// <summary>
/// Opens containers and hands out what is in them, as streams that are read to their end before the next one comes. Writes nothing anywhere. One container at
/// a time.
/// </summary>
/// <param name="part">Takes the path of something that is no container, and its content.</param>
/// <param name="fault">Takes what couldn't be looked at.</param>
public sealed class ContainerReader(ContainerLimits limits, Action<string, Stream> part, Action<ContainerFault> fault)
{
    /// <summary>An entry costs this much of what may come out, so that ten million empty ones end as well.</summary>
    private const int CostOfEntry = 256;

    private Budget budget = new(0);

    /// <summary>Opens a body that is in memory.</summary>
    public void Read(string path, byte[] content) => Read(path, new MemoryStream(content, writable: false));

    /// <summary>Opens a container and what is in it.</summary>
    /// <param name="path">What the container is called.</param>
    /// <param name="content">From its beginning; its length is known, and it can be read anywhere.</param>
    public void Read(string path, Stream content)
    {
        budget = new Budget(limits.Budget(content.Length));
        try
        {
            Any(path, content, 1);
        }
        catch (OverBudgetException)
        {
            fault(
                new ContainerFault(
                    path,
                    "bomb",
                    "so much is packed in it that looking through all of it was given up: unpack it and scan what comes out"
                )
            );
        }
    }

    private void Any(string path, Stream content, int depth)
    {
        var beginning = new byte[ContainerKinds.Look];
        var read = content.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        var whole = new RejoinedStream(beginning.AsMemory(0, read), content);
        var kind = ContainerKinds.Of(beginning.AsSpan(0, read));
        if (kind == ContainerKind.None)
        {
            part(path, whole);
            return;
        }
        if (kind == ContainerKind.Other)
        {
            fault(
                new ContainerFault(
                    path,
                    "archive_unreadable",
                    $"{ContainerKinds.Closed(beginning)} can't be opened: unpack it and scan what comes out"
                )
            );
            return;
        }
        if (depth > limits.Depth)
        {
            fault(
                new ContainerFault(path, "archive_deep", $"it is packed more than {limits.Depth} deep: unpack it and scan what comes out")
            );
            return;
        }
        try
        {
            switch (kind)
            {
                case ContainerKind.Zip:
                    Zip(path, content.CanSeek ? Rewound(content) : InMemory(whole), depth);
                    break;
                case ContainerKind.Tar:
                    Tar(path, whole, depth);
                    break;
                default:
                    Gzip(path, whole, depth);
                    break;
            }
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            Unreadable(path, exception);
        }
    }

    private void Zip(string path, Stream content, int depth)
    {
        using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        foreach (var entry in archive.Entries)
        {
            budget.Take(CostOfEntry);
            var name = $"{path}!{entry.FullName}";
            if (entry.IsEncrypted)
            {
                fault(new ContainerFault(name, "archive_encrypted", "it is encrypted, so nobody can say what is in it"));
                continue;
            }
            try
            {
                using var opened = entry.Open();
                var metered = new MeteredStream(opened, budget);
                Any(name, metered, depth + 1);
                // The framework takes the end of what is cut off for its end.
                if (Drained(metered) != entry.Length)
                    throw new InvalidDataException($"it has {metered.Count} bytes and should have {entry.Length}");
            }
            catch (Exception exception) when (IsBroken(exception))
            {
                Unreadable(name, exception);
            }
        }
    }

    private void Tar(string path, Stream content, int depth)
    {
        using var reader = new TarReader(content, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            budget.Take(CostOfEntry);
            if (entry.DataStream is { } data)
                Any($"{path}!{entry.Name}", new MeteredStream(data, budget), depth + 1);
        }
    }

    private void Gzip(string path, Stream content, int depth)
    {
        var packed = new TailStream(content);
        using var opened = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
        // a.tar.gz is one archive, and its files are called a.tar.gz!file.
        var metered = new MeteredStream(opened, budget);
        var beginning = new byte[ContainerKinds.Look];
        var read = metered.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        var whole = new RejoinedStream(beginning.AsMemory(0, read), metered);
        var isTar = ContainerKinds.Of(beginning.AsSpan(0, read)) == ContainerKind.Tar;
        Any(isTar ? path : path + "!", whole, isTar ? depth : depth + 1);
        // RFC 1952, 2.3.1: it ends in the length of what was packed. That of several packed ones behind each other is another, and is told as well.
        if ((uint)Drained(metered) != packed.ReadToEnd())
            throw new InvalidDataException("its length is not the one at its end: it is cut off, or something follows it");
    }

    // How much came out in all; what nobody read is paid for as well.
    private static long Drained(MeteredStream content)
    {
        var rest = new byte[4096];
        while (content.Read(rest) > 0) { }
        return content.Count;
    }

    private static Stream Rewound(Stream content)
    {
        content.Position = 0;
        return content;
    }

    // The list of a zip's entries stands at its end.
    private MemoryStream InMemory(Stream content)
    {
        var copy = new MemoryStream();
        var piece = new byte[64 * 1024];
        int read;
        while ((read = content.Read(piece)) > 0)
        {
            if (copy.Length + read > limits.InMemory)
                throw new InvalidDataException($"it is larger than {limits.InMemory >> 20} MiB inside another archive");
            copy.Write(piece.AsSpan(0, read));
        }
        copy.Position = 0;
        return copy;
    }

    private void Unreadable(string path, Exception exception) =>
        fault(
            new ContainerFault(
                path,
                "archive_unreadable",
                $"it can't be read to its end ({exception.Message.TrimEnd('.')}): unpack it by other means and scan what comes out"
            )
        );

    // What the framework says about archives that are cut off, damaged, or packed in a way that it doesn't know.
    private static bool IsBroken(Exception exception) =>
        exception
            is InvalidDataException
                or EndOfStreamException
                or NotSupportedException
                or FormatException
                or ArgumentException
                or OverflowException
        || (exception is IOException and not OverBudgetException);
}
