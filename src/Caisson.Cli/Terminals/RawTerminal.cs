using System.Runtime.InteropServices;
using Caisson.Api;

namespace Caisson.Cli.Terminals;

/// <summary>The caller's terminal in raw mode while it shows a terminal of a sandbox; disposing restores it.</summary>
internal sealed unsafe partial class RawTerminal : IDisposable
{
    private const int StandardInput = 0;
    private const int StandardOutput = 1;

    /// <summary>Larger than struct termios of glibc and musl.</summary>
    private const int TermiosBytes = 128;

    private readonly byte[] saved = new byte[TermiosBytes];
    private bool disposed;

    private RawTerminal() { }

    /// <summary>Whether both input and output are a terminal.</summary>
    internal static bool IsInteractive => isatty(StandardInput) == 1 && isatty(StandardOutput) == 1;

    internal static RawTerminal Enter()
    {
        var terminal = new RawTerminal();
        var raw = stackalloc byte[TermiosBytes];
        fixed (byte* original = terminal.saved)
        {
            if (tcgetattr(StandardInput, original) != 0)
                throw new IOException("The terminal's settings can't be read.");
            new Span<byte>(original, TermiosBytes).CopyTo(new Span<byte>(raw, TermiosBytes));
        }
        cfmakeraw(raw);
        _ = tcsetattr(StandardInput, 0, raw);
        return terminal;
    }

    internal static TerminalSize Size()
    {
        const nuint getWindowSize = 0x5413;
        var size = stackalloc ushort[4];
        var term = Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } name ? name : "xterm-256color";
        return ioctl(StandardOutput, getWindowSize, size) == 0 && size[0] > 0
            ? new TerminalSize(size[1], size[0], term)
            : new TerminalSize(80, 24, term);
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        fixed (byte* settings = saved)
            _ = tcsetattr(StandardInput, 0, settings);
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static partial int tcgetattr(int descriptor, byte* settings);

    [LibraryImport("libc")]
    private static partial int tcsetattr(int descriptor, int when, byte* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* settings);

    [LibraryImport("libc")]
    private static partial int ioctl(int descriptor, nuint request, ushort* size);
}
