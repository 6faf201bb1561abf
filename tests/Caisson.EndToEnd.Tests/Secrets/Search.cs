using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Caisson.EndToEnd.Tests.Secrets;

/// <summary>Looks for a key from the host, with all its rights: in files, in processes' environments, arguments and memory.</summary>
internal sealed class Search(KeyForms key)
{
    private const int Chunk = 4 * 1024 * 1024;

    private readonly byte[] buffer = new byte[Chunk];

    /// <summary>Where it was found, and in which form.</summary>
    internal List<string> Found { get; } = [];

    internal long Bytes { get; private set; }

    /// <summary>All processes of a process namespace (<c>pid:[…]</c>), as numbers of the host.</summary>
    internal static IReadOnlyList<int> ProcessesIn(string space) => [.. Processes().Where(process => Namespace(process) == space)];

    /// <summary>The one that is PID 1 of its namespace: it lives as long as the sandbox, so what its root shows stays to be read.</summary>
    internal static int FirstIn(IEnumerable<int> processes) =>
        processes.First(process =>
            Encoding
                .UTF8.GetString(Read($"/proc/{process}/status"))
                .Split('\n')
                .Any(line => line.StartsWith("NSpid:", StringComparison.Ordinal) && line.EndsWith("\t1", StringComparison.Ordinal))
        );

    internal static IEnumerable<int> Processes() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0);

    internal static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended since it was listed, or the kernel's own.
            return [];
        }
    }

    /// <summary>Regular files below a directory; links are not followed.</summary>
    internal void Files(string directory, Func<string, bool>? skip = null)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        foreach (var file in Directory.EnumerateFiles(directory, "*", options))
        {
            // A FIFO or a socket, whose length is 0, would wait for its other end.
            if (skip?.Invoke(file) != true && new FileInfo(file) is { Exists: true, Length: > 0 })
                Stream(file, file);
        }
    }

    internal void Process(int process)
    {
        Look($"environment of {process}", Read($"/proc/{process}/environ"));
        Look($"arguments of {process}", Read($"/proc/{process}/cmdline"));
    }

    /// <summary>All readable memory that is backed by pages. Reading another page would make it one, until the process is ended for its size.</summary>
    internal void Memory(int process)
    {
        SafeFileHandle memory;
        SafeFileHandle pages;
        try
        {
            memory = File.OpenHandle($"/proc/{process}/mem");
            pages = File.OpenHandle($"/proc/{process}/pagemap");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
        using (memory)
        using (pages)
        {
            foreach (var (start, length, name) in ResidentRegions(process))
            {
                foreach (var (from, size) in Backed(pages, start, length))
                    Region(memory, from, size, $"memory of {process} {name}");
            }
        }
    }

    internal void Look(string place, ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        foreach (var form in key.In(bytes))
            Found.Add($"{place}: {form}");
    }

    private void Stream(string file, string place)
    {
        try
        {
            using var handle = File.OpenHandle(file);
            Region(handle, 0, RandomAccess.GetLength(handle), place);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed since it was listed.
        }
    }

    private void Region(SafeFileHandle handle, long start, long length, string place)
    {
        var overlap = key.Longest;
        for (long offset = 0; offset < length; offset += Chunk - overlap)
        {
            int read;
            try
            {
                read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(Chunk, length - offset)), start + offset);
            }
            catch (IOException)
            {
                // Not mapped any more.
                return;
            }
            if (read <= 0)
                return;
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                Look(place, buffer.AsSpan(0, read));
        }
    }

    /// <summary>The parts of a region whose pages are in memory or swapped out (bits 63 and 62 of their entries in the page map).</summary>
    private static IEnumerable<(long Start, long Length)> Backed(SafeFileHandle pages, long start, long length)
    {
        const int most = 65536;
        var page = Environment.SystemPageSize;
        var entries = new byte[most * sizeof(ulong)];
        long? from = null;
        for (long at = 0; at < length; at += (long)most * page)
        {
            var count = (int)Math.Min(most, (length - at) / page);
            int read;
            try
            {
                read = RandomAccess.Read(pages, entries.AsSpan(0, count * sizeof(ulong)), (start + at) / page * sizeof(ulong));
            }
            catch (IOException)
            {
                read = 0;
            }
            for (var index = 0; index < read / sizeof(ulong); index++)
            {
                var place = start + at + (long)index * page;
                if (BitConverter.ToUInt64(entries, index * sizeof(ulong)) >> 62 != 0)
                    from ??= place;
                else if (from is { } first)
                {
                    yield return (first, place - first);
                    from = null;
                }
            }
            if (read < count * sizeof(ulong))
            {
                length = at + (long)read / sizeof(ulong) * page;
                break;
            }
        }
        if (from is { } last)
            yield return (last, start + length - last);
    }

    private static IEnumerable<(long Start, long Length, string Name)> ResidentRegions(int process)
    {
        (long Start, long Length, string Name)? region = null;
        foreach (var line in System.Text.Encoding.UTF8.GetString(Read($"/proc/{process}/smaps")).Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is [var range, { Length: 4 } rights, ..] && range.IndexOf('-') is > 0 and var dash)
            {
                var start = ulong.Parse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                var end = ulong.Parse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                region =
                    rights[0] == 'r' && start <= long.MaxValue
                        ? ((long)start, (long)(end - start), fields.Length > 5 ? fields[5] : "")
                        : null;
            }
            else if (fields is ["Rss:", not "0", ..] && region is { } found)
            {
                yield return found;
            }
        }
    }

    private static string? Namespace(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/pid").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
