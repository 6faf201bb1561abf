using Caisson.Init.Kernel;

namespace Caisson.Init.Startup;

/// <summary>Frees the numbers 0 to 2 for good: a descriptor of ours there would be overwritten when a process is started.</summary>
internal static class StandardStreams
{
    private const int DuplicateCloseOnExec = 1030;
    private const int FirstFree = 3;

    /// <summary>Moves the two descriptors that PID 1 was given out of the way and puts <c>/dev/null</c> in place of input and output.</summary>
    internal static (int Config, int Ready) Free(int config, int ready)
    {
        var nothing = KernelException.Check(Libc.Open("/dev/null", OpenFlags.ReadWrite | OpenFlags.CloseOnExec, 0), "opening /dev/null");
        var moved = (Move(config), Move(ready));
        for (var standard = 0; standard < FirstFree; standard++)
        {
            // Standard error stays, where there is one: PID 1's own troubles go there.
            if (standard < 2 || Libc.Fcntl(standard, 1, 0) < 0)
            {
                _ = KernelException.Check(Libc.Duplicate(nothing, standard), "dup2");
            }
        }

        if (nothing >= FirstFree)
        {
            _ = Libc.Close(nothing);
        }

        return moved;
    }

    private static int Move(int descriptor)
    {
        var moved = KernelException.Check(
            Libc.Fcntl(descriptor, DuplicateCloseOnExec, FirstFree),
            $"descriptor {descriptor}, which PID 1 should have inherited"
        );
        _ = Libc.Close(descriptor);
        return moved;
    }
}
