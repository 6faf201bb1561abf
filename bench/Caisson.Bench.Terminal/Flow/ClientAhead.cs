using System.Globalization;
using System.Runtime.InteropServices;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>
/// While it lives, the threads of this process run ahead of all others (SCHED_FIFO; root only): who types sits at another machine, so what this side waits for a processor
/// is not the product's, nor the peer's. Nothing may be started meanwhile, it would be ahead, too.
/// </summary>
internal sealed unsafe partial class ClientAhead : IDisposable
{
    private const int Other = 0;
    private const int Fifo = 1;

    internal ClientAhead() => IsGranted = SetAll(Fifo, 1);

    internal bool IsGranted { get; }

    public void Dispose() => SetAll(Other, 0);

    private static bool SetAll(int policy, int priority)
    {
        var all = true;
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
            all &= SetScheduler(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), policy, &priority) == 0;
        return all;
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int task, int policy, int* priority);
}
