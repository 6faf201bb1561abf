using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Cli.Terminals;

/// <summary>
/// Descriptor 0 as it is. The framework's own stream edits lines when it reads from a terminal and sets the terminal's mode for that, so a
/// program inside would get no key before Enter, and Enter as another character.
/// </summary>
internal static class StandardInput
{
    internal static Stream Open() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>One line without its end, or null at the end of input. The terminal edits it.</summary>
    internal static string? ReadLine()
    {
        using var input = Open();
        var bytes = new List<byte>();
        while (true)
        {
            switch (input.ReadByte())
            {
                case -1:
                    return bytes.Count == 0 ? null : Encoding.UTF8.GetString([.. bytes]);
                case '\n':
                    return Encoding.UTF8.GetString([.. bytes]);
                case var value:
                    bytes.Add((byte)value);
                    break;
            }
        }
    }
}
