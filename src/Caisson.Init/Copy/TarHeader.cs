using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Caisson.Init.Copy;

/// <summary>One 512-byte header block of a tar archive (POSIX.1-1988 "ustar" with GNU's binary numbers).</summary>
internal readonly ref struct TarHeader(Span<byte> block)
{
    internal const int Size = 512;
    private readonly Span<byte> _block = block;

    /// <summary>Two of these end an archive.</summary>
    internal bool IsEnd => _block.IndexOfAnyExcept((byte)0) < 0;

    internal char Type => (char)_block[156];

    internal int Mode => (int)Number(100, 8);

    internal long Length => Number(124, 12);

    internal long ModifiedSeconds => Number(136, 12);

    internal string LinkName => Text(157, 100);

    internal string Name => IsUstar && _block[345] != 0 ? $"{Text(345, 155)}/{Text(0, 100)}" : Text(0, 100);

    private bool IsUstar => _block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    internal void Verify()
    {
        // The checksum counts its own field as spaces.
        var sum = 8 * ' ';
        for (var i = 0; i < Size; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : _block[i];
        }

        if (Number(148, 8) != sum)
        {
            throw new ArchiveRefusedException("the archive is damaged: a header's checksum does not fit");
        }
    }

    /// <summary>Writes a header; name and link name must fit 100 bytes each.</summary>
    internal void Write(ReadOnlySpan<byte> name, char type, int mode, long length, long modifiedSeconds, ReadOnlySpan<byte> linkName)
    {
        _block.Clear();
        name.CopyTo(_block);
        Octal(100, 8, mode);
        Octal(108, 8, 1000);
        Octal(116, 8, 1000);
        Octal(124, 12, length);
        Octal(136, 12, Math.Max(0, modifiedSeconds));
        _block[156] = (byte)type;
        linkName.CopyTo(_block[157..]);
        "ustar\00000"u8.CopyTo(_block[257..]);
        var sum = 8 * ' ';
        foreach (var value in _block)
        {
            sum += value;
        }

        Octal(148, 7, sum);
        _block[155] = (byte)' ';
    }

    private void Octal(int at, int width, long value)
    {
        // Past what the octal digits hold (8 GiB), the number is binary and its first bit says so.
        if (value >= 1L << (3 * (width - 1)))
        {
            BinaryPrimitives.WriteInt64BigEndian(_block[(at + width - 8)..], value);
            _block[at] |= 0x80;
            return;
        }

        for (var i = width - 2; i >= 0; i--)
        {
            _block[at + i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private long Number(int at, int width)
    {
        var field = _block.Slice(at, width);
        if ((field[0] & 0x80) != 0)
        {
            var value = 0L;
            for (var i = width - 8; i < width; i++)
            {
                value = (value << 8) | (i == 0 ? (byte)(field[i] & 0x7F) : field[i]);
            }

            return value >= 0 ? value : throw new ArchiveRefusedException("the archive is damaged: a negative number");
        }

        var number = 0L;
        foreach (var digit in field)
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
            {
                number = (number << 3) | (uint)(digit - '0');
            }
            else if (digit is not ((byte)' ' or 0))
            {
                throw new ArchiveRefusedException(
                    string.Create(CultureInfo.InvariantCulture, $"the archive is damaged: byte {digit} in a number")
                );
            }
        }

        return number;
    }

    private string Text(int at, int width)
    {
        var field = _block.Slice(at, width);
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
