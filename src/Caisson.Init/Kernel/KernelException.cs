namespace Caisson.Init.Kernel;

/// <summary>A system call that should have worked did not.</summary>
internal sealed class KernelException(string what, int number) : Exception($"{what}: {Kernel.Errno.Text(number)}")
{
    internal int Number { get; } = number;

    /// <summary>Throws with the last error when a call's result is negative; returns the result otherwise.</summary>
    internal static int Check(int result, string what) => result >= 0 ? result : throw new KernelException(what, Libc.Errno);
}
