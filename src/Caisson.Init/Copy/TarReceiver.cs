using System.Globalization;
using System.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Copy;

/// <summary>
/// Unpacks a tar stream as it arrives, in pieces of any size. Entries that could reach out of the root or gain a privilege are refused by name:
/// absolute paths, <c>..</c>, devices, pipes, setuid and setgid files.
/// </summary>
internal sealed unsafe class TarReceiver(string root) : IDisposable
{
    private const int LongestName = 4096;
    private const int LongestExtension = 1 << 20;

    private readonly TreeWriter _tree = new(root);
    private readonly byte[] _block = new byte[TarHeader.Size];
    private readonly MemoryStream _extension = new();
    private int _blockLength;
    private long _content;
    private long _padding;
    private int _file = -1;
    private char _extensionType;
    private long _modified;
    private string? _longName;
    private string? _longLink;
    private long _longLength = -1;
    private bool _ended;
    private long _entries;
    private long _bytes;

    /// <summary>Takes the next piece.</summary>
    internal void Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && !_ended)
        {
            if (_content > 0)
            {
                var part = piece[..(int)Math.Min(piece.Length, _content)];
                Content(part);
                piece = piece[part.Length..];
            }
            else if (_padding > 0)
            {
                var part = (int)Math.Min(piece.Length, _padding);
                _padding -= part;
                piece = piece[part..];
            }
            else
            {
                var part = Math.Min(piece.Length, TarHeader.Size - _blockLength);
                piece[..part].CopyTo(_block.AsSpan(_blockLength));
                _blockLength += part;
                piece = piece[part..];
                if (_blockLength == TarHeader.Size)
                {
                    _blockLength = 0;
                    Header(new TarHeader(_block));
                }
            }
        }
    }

    /// <summary>The stream is over.</summary>
    internal CopySummary Complete() =>
        _content > 0 || _blockLength > 0
            ? throw new ArchiveRefusedException("the archive ends in the middle of an entry")
            : new CopySummary(_entries, _bytes);

    public void Dispose()
    {
        if (_file >= 0)
        {
            _ = Libc.Close(_file);
            _file = -1;
        }

        _extension.Dispose();
        _tree.Dispose();
    }

    private void Header(TarHeader header)
    {
        if (header.IsEnd)
        {
            _ended = true;
            return;
        }

        header.Verify();
        var length = _longLength >= 0 && header.Type is not ('x' or 'g' or 'L' or 'K') ? _longLength : header.Length;
        switch (header.Type)
        {
            case 'x' or 'g' or 'L' or 'K':
                if (length > LongestExtension)
                {
                    throw new ArchiveRefusedException($"an extended header of {length} bytes; {LongestExtension} are possible");
                }

                _extensionType = header.Type;
                _extension.SetLength(0);
                Expect(length);
                break;
            default:
                Entry(header, length);
                (_longName, _longLink, _longLength) = (null, null, -1);
                break;
        }
    }

    private void Entry(TarHeader header, long length)
    {
        var path = Checked(_longName ?? header.Name);
        var link = _longLink ?? header.LinkName;
        _modified = header.ModifiedSeconds;
        if ((header.Mode & 0xC00) != 0 && header.Type != '2')
        {
            throw new ArchiveRefusedException($"{path}: setuid and setgid entries are not unpacked");
        }

        _entries++;
        switch (header.Type)
        {
            case '0' or '\0' or '7' when path.Length > 0:
                _file = _tree.MakeFile(path, header.Mode);
                Expect(length);
                if (length == 0)
                {
                    EndFile();
                }

                break;
            case '5':
                if (path.Length > 0)
                {
                    _tree.MakeDirectory(path, header.Mode & 0x1FF);
                }

                break;
            case '2' when path.Length > 0:
                _tree.MakeSymbolicLink(path, link);
                break;
            case '1' when path.Length > 0:
                _tree.MakeHardLink(path, Checked(link));
                break;
            case '3' or '4':
                throw new ArchiveRefusedException($"{path}: device nodes are not unpacked");
            case '6':
                throw new ArchiveRefusedException($"{path}: named pipes are not unpacked");
            default:
                throw new ArchiveRefusedException($"{path}: entries of type '{header.Type}' are not unpacked");
        }
    }

    private static string Checked(string name)
    {
        if (name.StartsWith('/'))
        {
            throw new ArchiveRefusedException($"{name}: absolute paths are not unpacked");
        }

        var parts = new List<string>();
        foreach (var part in name.Split('/'))
        {
            if (part == "..")
            {
                throw new ArchiveRefusedException($"{name}: paths with .. are not unpacked");
            }

            if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        var path = string.Join('/', parts);
        return path.Length <= LongestName && !path.Contains('\0')
            ? path
            : throw new ArchiveRefusedException("an entry's name is too long or has a NUL character");
    }

    private void Expect(long length)
    {
        _content = length;
        _padding = -length & (TarHeader.Size - 1);
    }

    private void Content(ReadOnlySpan<byte> part)
    {
        if (_file < 0)
        {
            _extension.Write(part);
        }
        else
        {
            WriteFile(part);
            _bytes += part.Length;
        }

        _content -= part.Length;
        if (_content == 0)
        {
            if (_file < 0)
            {
                EndExtension();
            }
            else
            {
                EndFile();
            }
        }
    }

    private void WriteFile(ReadOnlySpan<byte> part)
    {
        fixed (byte* bytes = part)
        {
            for (var sent = 0; sent < part.Length; )
            {
                var written = Libc.Write(_file, bytes + sent, part.Length - sent);
                if (written < 0 && Libc.Errno != Errno.Interrupted)
                {
                    throw new KernelException("writing a file", Libc.Errno); // such as a full disk
                }

                sent += (int)Math.Max(0, written);
            }
        }
    }

    private void EndFile()
    {
        TreeWriter.Finish(_file, _modified);
        _file = -1;
    }

    private void EndExtension()
    {
        var bytes = _extension.GetBuffer().AsSpan(0, (int)_extension.Length);
        switch (_extensionType)
        {
            case 'L':
                _longName = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
                break;
            case 'K':
                _longLink = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
                break;
            case 'x':
                ReadPax(bytes);
                break;
        }
    }

    // Records of the form "LENGTH KEY=VALUE\n", where the length counts the whole record.
    private void ReadPax(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var space = bytes.IndexOf((byte)' ');
            if (
                space < 1
                || !int.TryParse(bytes[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1
                || length > bytes.Length
            )
            {
                throw new ArchiveRefusedException("the archive is damaged: an extended header cannot be read");
            }

            var record = Encoding.UTF8.GetString(bytes[(space + 1)..(length - 1)]);
            bytes = bytes[length..];
            var equals = record.IndexOf('=');
            var value = record[(equals + 1)..];
            switch (equals < 0 ? "" : record[..equals])
            {
                case "path":
                    _longName = value;
                    break;
                case "linkpath":
                    _longLink = value;
                    break;
                case "size" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size):
                    _longLength = size;
                    break;
                case "size":
                case "GNU.sparse.major":
                    throw new ArchiveRefusedException($"an entry with {record} is not unpacked");
            }
        }
    }
}
