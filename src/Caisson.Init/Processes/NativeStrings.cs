using System.Runtime.InteropServices;
using System.Text;

namespace Caisson.Init.Processes;

/// <summary>A list of strings as C wants it: an array of pointers that ends with null, in one piece of memory.</summary>
internal readonly unsafe struct NativeStrings : IDisposable
{
    internal NativeStrings(IReadOnlyCollection<string> values)
    {
        nuint size = 0;
        foreach (var value in values)
        {
            size += (nuint)Encoding.UTF8.GetByteCount(value) + 1;
        }

        var table = (nuint)(values.Count + 1) * (nuint)sizeof(byte*);
        Pointers = (byte**)NativeMemory.Alloc(table + size);
        var text = (byte*)Pointers + table;
        var index = 0;
        foreach (var value in values)
        {
            Pointers[index++] = text;
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(text, (int)size));
            text[length] = 0;
            text += length + 1;
            size -= (nuint)length + 1;
        }

        Pointers[index] = null;
    }

    internal byte** Pointers { get; }

    public void Dispose() => NativeMemory.Free(Pointers);
}
