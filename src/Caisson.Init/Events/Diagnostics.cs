using System.Text;
using Caisson.Init.Kernel;

namespace Caisson.Init.Events;

/// <summary>PID 1's own troubles go to its standard error, one line each, where the driver keeps them.</summary>
internal static unsafe class Diagnostics
{
    internal static void Report(Exception e) => Report($"{e.GetType().Name}: {e.Message}");

    internal static void Report(string message)
    {
        var line = Encoding.UTF8.GetBytes($"caisson-init: {message.ReplaceLineEndings(" ")}\n");
        fixed (byte* bytes = line)
        {
            _ = Libc.Write(2, bytes, line.Length);
        }
    }
}
