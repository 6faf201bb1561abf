using Caisson.Init.Kernel;
using Caisson.Init.Startup;

namespace Caisson.Init.Processes;

/// <summary>
/// The part of a ring that is on disk: a file without a name, mode 0600, in the directory of the sandbox's sockets. Nobody in the sandbox can open that
/// directory or look into PID 1, and nothing is left of it when PID 1 ends.
/// </summary>
internal sealed unsafe class SpillFile : IDisposable
{
    private const int MostPerRead = 64 * 1024;

    // One for all: the reactor sends what it has read before it reads again.
    private static readonly byte[] s_read = GC.AllocateUninitializedArray<byte>(MostPerRead, pinned: true);
    private readonly int _descriptor;

    private SpillFile(int descriptor) => _descriptor = descriptor;

    /// <summary>Cause of the last read that failed.</summary>
    internal int ErrorNumber { get; private set; }

    /// <exception cref="KernelException">There is no place for it: the disk is full, or is memory itself.</exception>
    internal static SpillFile Open(SocketDirectory directory, uint process)
    {
        var file = new SpillFile(directory.CreateUnnamed($"ring-{process}"));
        if (!Libc.IsMemoryFile(file._descriptor))
        {
            return file;
        }

        file.Dispose();
        throw new KernelException(
            "a file for output: $CAISSON_HOME is on a file system in memory, where nothing would be gained",
            Errno.NotSupported
        );
    }

    /// <exception cref="KernelException">Not all of it could be written, as on a full disk.</exception>
    internal void Write(ReadOnlySpan<byte> bytes, long at)
    {
        fixed (byte* start = bytes)
        {
            for (var done = 0; done < bytes.Length; )
            {
                var written = Libc.WriteAt(_descriptor, start + done, bytes.Length - done, at + done);
                if (written > 0)
                {
                    done += (int)written;
                }
                else if (written == 0 || Libc.Errno != Errno.Interrupted)
                {
                    throw new KernelException("writing a process's output to disk", written == 0 ? Errno.InputOutput : Libc.Errno);
                }
            }
        }
    }

    /// <summary>Bytes at a place, at most 64 KiB of those asked for; none after an error.</summary>
    internal Span<byte> Read(long at, int length)
    {
        nint read;
        do
        {
            fixed (byte* target = s_read)
            {
                read = Libc.ReadAt(_descriptor, target, Math.Min(length, MostPerRead), at);
            }
        } while (read < 0 && Libc.Errno == Errno.Interrupted);

        if (read <= 0)
        {
            ErrorNumber = read < 0 ? Libc.Errno : Errno.InputOutput;
        }

        return s_read.AsSpan(0, (int)Math.Max(0, read));
    }

    public void Dispose() => _ = Libc.Close(_descriptor);
}
