using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Caisson.Init.Kernel;

/// <summary>Reading <c>/proc</c> without the framework's file classes, which cost more memory than all else here.</summary>
internal static unsafe partial class ProcFiles
{
    /// <summary>Pids of all processes of the sandbox, newest number last.</summary>
    internal static List<int> Processes() => Numbers("/proc");

    /// <summary>Names in a directory that are numbers: processes, descriptors, threads.</summary>
    internal static List<int> Numbers(string directory)
    {
        var numbers = new List<int>();
        var descriptor = Libc.Open(directory, OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return numbers;
        }

        Scan(
            descriptor,
            name =>
            {
                if (int.TryParse(name, NumberStyles.None, null, out var number))
                {
                    numbers.Add(number);
                }
            }
        );
        _ = Libc.Close(descriptor);
        return numbers;
    }

    /// <summary>Names in an open directory, without <c>.</c> and <c>..</c>.</summary>
    internal static List<string> Names(int directory)
    {
        var names = new List<string>();
        Scan(
            directory,
            name =>
            {
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(Encoding.UTF8.GetString(name));
                }
            }
        );
        return names;
    }

    private static void Scan(int directory, Action<ReadOnlySpan<byte>> seen)
    {
        const int Size = 8192;
        var buffer = stackalloc byte[Size];
        nint length;
        while ((length = GetEntries(directory, buffer, Size)) > 0)
        {
            for (nint at = 0; at < length; )
            {
                // struct linux_dirent64: inode, offset, record length, type, name.
                var record = new ReadOnlySpan<byte>(buffer + at, (int)(length - at));
                at += BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
                var name = record[19..];
                seen(name[..name.IndexOf((byte)0)]);
            }
        }
    }

    /// <summary>Target of a symbolic link; -1 when it cannot be read.</summary>
    internal static int ReadLink(string path, Span<byte> target)
    {
        fixed (byte* bytes = target)
        {
            return (int)Libc.ReadLink(path, bytes, target.Length);
        }
    }

    /// <summary>Value of a line such as <c>VmRSS:  1234 kB</c> in a status file, or null.</summary>
    internal static string? StatusValue(string path, string name)
    {
        if (Libc.ReadAll(path) is not { } bytes)
        {
            return null;
        }

        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length).StartsWith(":"))
            {
                return line[(name.Length + 1)..].Trim();
            }
        }

        return null;
    }

    /// <summary>A process's place among the jobs of its terminal, or null when it is gone.</summary>
    internal static TerminalJob? Job(int pid)
    {
        if (Libc.ReadAll($"/proc/{pid}/stat") is not { } bytes)
        {
            return null;
        }

        // 4242 (name, which may hold anything) S parent group session terminal foreground …
        var text = Encoding.UTF8.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', 8, StringSplitOptions.RemoveEmptyEntries);
        return
            fields.Length > 6
            && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent)
            && int.TryParse(fields[2], CultureInfo.InvariantCulture, out var group)
            && int.TryParse(fields[5], CultureInfo.InvariantCulture, out var foreground)
            ? new TerminalJob(fields[0] == "S", parent, group, foreground)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    internal static partial nint GetEntries(int descriptor, byte* buffer, nint length);
}

/// <param name="Sleeps">It waits for something.</param>
/// <param name="Foreground">The process group that its terminal listens to; -1 without a terminal.</param>
internal readonly record struct TerminalJob(bool Sleeps, int Parent, int Group, int Foreground);
