namespace Caisson.Init.Protocol.Control;

/// <summary>How much of a process's last output may be kept, in bytes. The policy's reader is compiled with this file, too: the bounds are said here alone.</summary>
internal static class RingBounds
{
    internal const int Least = 64 << 10;

    internal const int Most = 256 << 20;
}
