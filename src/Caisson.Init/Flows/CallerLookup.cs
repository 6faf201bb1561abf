using System.Buffers.Binary;
using System.Buffers.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Network;

namespace Caisson.Init.Flows;

/// <summary>
/// Finds the process behind a connection: the kernel names the socket's inode, and some process has that inode open. Callers come in runs
/// (one agent, many connections) or are young (a command that was just started), so those are looked at first.
/// </summary>
internal sealed unsafe class CallerLookup : IDisposable
{
    private const int Remembered = 8;
    private const ushort ByFamily = 20; // SOCK_DIAG_BY_FAMILY
    private const int InodeOffset = 16 + 68; // after struct nlmsghdr, in struct inet_diag_msg
    private const byte Tcp = 6;

    private readonly NetlinkSocket _diagnosis = new(NetlinkSocket.SocketDiagnosis);
    private readonly List<int> _recent = new(Remembered + 1);

    /// <summary>Finds the caller. Returns its pid, or 0 when it is gone; the path's length goes to <paramref name="length"/>.</summary>
    internal int Find(KernelAddress source, KernelAddress destination, Span<byte> executable, out int length)
    {
        length = 0;
        var inode = InodeOf(source, destination);
        var pid = inode == 0 ? 0 : HolderOf(inode);
        if (pid != 0)
        {
            length = Math.Max(0, ReadLink(pid, "exe"u8, -1, executable));
        }

        return pid;
    }

    public void Dispose() => _diagnosis.Dispose();

    private uint InodeOf(KernelAddress source, KernelAddress destination)
    {
        Span<byte> request = stackalloc byte[16 + 56];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], NetlinkBuffer.Request);
        var body = request[16..];
        body[0] = source.Address.Length == 4 ? (byte)SocketNumbers.InternetV4 : (byte)SocketNumbers.InternetV6;
        body[1] = Tcp;
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], uint.MaxValue); // any state
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], destination.Port);
        source.Address.CopyTo(body[12..]);
        destination.Address.CopyTo(body[28..]);
        body[48..56].Fill(0xFF); // no cookie
        var answer = _diagnosis.Ask(request);
        return answer.Length < InodeOffset + 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(answer[InodeOffset..]);
    }

    private int HolderOf(uint inode)
    {
        foreach (var pid in _recent)
        {
            if (Holds(pid, inode))
            {
                return pid;
            }
        }

        var processes = ProcFiles.Processes();
        for (var i = processes.Count - 1; i >= 0; i--)
        {
            if (processes[i] != 1 && !_recent.Contains(processes[i]) && Holds(processes[i], inode))
            {
                Remember(processes[i]);
                return processes[i];
            }
        }

        return 0;
    }

    private void Remember(int pid)
    {
        _recent.Insert(0, pid);
        if (_recent.Count > Remembered)
        {
            _recent.RemoveAt(Remembered);
        }
    }

    private static bool Holds(int pid, uint inode)
    {
        Span<byte> wanted = stackalloc byte[32];
        "socket:["u8.CopyTo(wanted);
        _ = Utf8Formatter.TryFormat(inode, wanted[8..], out var digits);
        wanted[8 + digits] = (byte)']';
        wanted = wanted[..(9 + digits)];

        // A connection that is just being made has one of the process's highest descriptors.
        var descriptors = ProcFiles.Numbers($"/proc/{pid}/fd");
        Span<byte> link = stackalloc byte[32];
        for (var i = descriptors.Count - 1; i >= 0; i--)
        {
            var length = ReadLink(pid, "fd"u8, descriptors[i], link);
            if (length == wanted.Length && link[..length].SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static int ReadLink(int pid, ReadOnlySpan<byte> name, int descriptor, Span<byte> target)
    {
        Span<byte> path = stackalloc byte[48];
        "/proc/"u8.CopyTo(path);
        var at = 6;
        _ = Utf8Formatter.TryFormat(pid, path[at..], out var digits);
        at += digits;
        path[at++] = (byte)'/';
        name.CopyTo(path[at..]);
        at += name.Length;
        if (descriptor >= 0)
        {
            path[at++] = (byte)'/';
            _ = Utf8Formatter.TryFormat(descriptor, path[at..], out digits);
            at += digits;
        }

        path[at] = 0;
        fixed (byte* from = path)
        fixed (byte* to = target)
        {
            return (int)Libc.ReadLink(from, to, target.Length);
        }
    }
}
