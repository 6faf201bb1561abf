using System.Buffers.Binary;
using Caisson.Init.Events;
using Caisson.Init.Kernel;
using Caisson.Init.Processes;

namespace Caisson.Init.Startup;

/// <summary>
/// Signals to PID 1 arrive as data. Ended children are reaped; a request to end counts only from outside: agents run as the same kernel user
/// and could send it, too.
/// </summary>
internal sealed unsafe class SignalListener(Reactor reactor, ProcessTable processes, Shutdown stop) : IReady
{
    private const int RecordSize = 128;
    private const int SenderOffset = 12;

    internal void Start()
    {
        var mask = 0ul;
        foreach (var signal in (ReadOnlySpan<int>)[Signals.Child, Signals.Terminate, Signals.Interrupt, Signals.Hangup])
        {
            mask |= 1ul << (signal - 1);
        }

        // The C library's sigset_t is larger than the kernel's; the rest stays empty.
        var set = stackalloc ulong[16];
        new Span<ulong>(set, 16).Clear();
        set[0] = mask;
        var descriptor = KernelException.Check(
            Libc.SignalDescriptor(-1, set, SocketNumbers.NonBlocking | SocketNumbers.CloseOnExec),
            "signalfd"
        );
        reactor.Watch(descriptor, Readiness.Read, this);
    }

    public void OnReady(int descriptor, Readiness readiness)
    {
        var record = stackalloc byte[RecordSize];
        while (Libc.Read(descriptor, record, RecordSize) == RecordSize)
        {
            var bytes = new ReadOnlySpan<byte>(record, RecordSize);
            var signal = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var sender = BinaryPrimitives.ReadInt32LittleEndian(bytes[SenderOffset..]);
            if (signal != Signals.Child && sender == 0)
            {
                stop.Begin(null);
            }
        }

        processes.Reap();
        stop.Progress();
    }
}
