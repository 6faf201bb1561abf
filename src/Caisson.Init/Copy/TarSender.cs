using System.Globalization;
using System.Text;
using Caisson.Init.Control;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Copy;

/// <summary>Packs a tree as a tar stream, as fast as the connection takes it.</summary>
internal sealed unsafe class TarSender : IDisposable
{
    private const int FrameSize = 64 * 1024;
    private const int MostPerTurn = 1 << 20;
    private const int LongestShortName = 100;

    private readonly ControlConnection _connection;
    private readonly TreeReader _tree;
    private readonly byte[] _buffer = new byte[FrameSize];
    private int _length;
    private int _file = -1;
    private long _content;
    private long _padding;
    private long _entries;
    private long _bytes;
    private bool _ended;
    private bool _finished;

    internal TarSender(ControlConnection connection, CopyRequest request)
    {
        _connection = connection;
        _tree = new TreeReader(request.Root, request.Paths);
        connection.Hold();
        connection.Drained += Continue;
        connection.Closed += Dispose;
    }

    internal void Continue()
    {
        for (var turn = 0; !_finished && _connection.IsDrained && !_connection.IsClosed; turn += FrameSize)
        {
            if (turn >= MostPerTurn)
            {
                _connection.Soon(Continue);
                return;
            }

            Fill();
            if (_length > 0)
            {
                _connection.Send(FrameType.CopyData, default, _buffer.AsSpan(0, _length));
                _length = 0;
            }

            if (_ended)
            {
                _connection.Reply(new CopySummary(_entries, _bytes), InitJson.Default.CopySummary);
                Dispose();
                _connection.Release();
            }
        }
    }

    public void Dispose()
    {
        if (_finished)
        {
            return;
        }

        _finished = true;
        _connection.Drained -= Continue;
        _connection.Closed -= Dispose;
        CloseFile();
        _tree.Dispose();
    }

    private void Fill()
    {
        // Room for the largest set of headers of one entry besides content: names are at most a path's length.
        const int HeaderRoom = 16 * 1024;
        while (!_ended)
        {
            if (_content > 0)
            {
                if (_length == FrameSize)
                {
                    return;
                }

                ReadContent();
            }
            else if (_padding > 0)
            {
                var part = (int)Math.Min(_padding, FrameSize - _length);
                _buffer.AsSpan(_length, part).Clear();
                _length += part;
                _padding -= part;
                if (_padding > 0)
                {
                    return;
                }
            }
            else if (FrameSize - _length < HeaderRoom)
            {
                return;
            }
            else
            {
                CloseFile();
                Begin(_tree.Next());
            }
        }
    }

    private void Begin(TreeEntry? entry)
    {
        if (entry is null)
        {
            _buffer.AsSpan(_length, 2 * TarHeader.Size).Clear();
            _length += 2 * TarHeader.Size;
            _ended = true;
            return;
        }

        _entries++;
        var status = entry.Status;
        var name = Encoding.UTF8.GetBytes(status.IsDirectory ? entry.Path + "/" : entry.Path);
        var link = Encoding.UTF8.GetBytes(entry.Link ?? "");
        if (name.Length > LongestShortName || link.Length > LongestShortName)
        {
            Extension(name, link);
        }

        var type =
            status.IsDirectory ? '5'
            : status.IsLink ? '2'
            : '0';
        var length = status.IsFile ? status.Size : 0;
        Header(name, type, status.Permissions & 0x1FF, length, status.ModifiedSeconds, link);
        _file = entry.File;
        _content = length;
        _padding = -length & (TarHeader.Size - 1);
    }

    private void Extension(byte[] name, byte[] link)
    {
        using var records = new MemoryStream();
        Record(records, "path", name);
        Record(records, "linkpath", link);
        var bytes = records.ToArray();
        Header("PaxHeader"u8, 'x', 0x1A4, bytes.Length, 0, default);
        bytes.CopyTo(_buffer, _length);
        var padded = (bytes.Length + TarHeader.Size - 1) & ~(TarHeader.Size - 1);
        _buffer.AsSpan(_length + bytes.Length, padded - bytes.Length).Clear();
        _length += padded;

        static void Record(MemoryStream records, string key, byte[] value)
        {
            if (value.Length <= LongestShortName)
            {
                return;
            }

            // The record's length counts its own digits.
            var rest = key.Length + value.Length + 3;
            var length = rest + Digits(rest + Digits(rest));
            records.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")));
            records.Write(value);
            records.WriteByte((byte)'\n');
        }

        static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;
    }

    private void Header(ReadOnlySpan<byte> name, char type, int mode, long length, long modified, ReadOnlySpan<byte> link)
    {
        name = name[..Math.Min(name.Length, LongestShortName)];
        link = link[..Math.Min(link.Length, LongestShortName)];
        new TarHeader(_buffer.AsSpan(_length, TarHeader.Size)).Write(name, type, mode, length, modified, link);
        _length += TarHeader.Size;
    }

    private void ReadContent()
    {
        var room = (int)Math.Min(FrameSize - _length, _content);
        nint read;
        fixed (byte* target = &_buffer[_length])
        {
            read = Libc.Read(_file, target, room);
        }

        if (read <= 0)
        {
            // The file became shorter while we read it; its header is out already, so zeros stand in for the rest.
            _buffer.AsSpan(_length, room).Clear();
            read = room;
        }

        _length += (int)read;
        _content -= read;
        _bytes += read;
    }

    private void CloseFile()
    {
        if (_file >= 0)
        {
            _ = Libc.Close(_file);
            _file = -1;
        }
    }
}
