using System.Buffers.Binary;
using System.Text.Json;
using Caisson.Init.Processes;
using Caisson.Init.Protocol;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Control;

/// <summary>
/// Sends a process's output to one connection from given offsets on. It is as far as its socket took it; a slow one makes nobody wait but,
/// when it is lossless, the process itself.
/// </summary>
internal sealed class Viewer : IDisposable
{
    private const int MostPerFrame = 64 * 1024;
    private const int MostPerTurn = 128 * 1024;

    private readonly ControlConnection _connection;
    private readonly SandboxProcess _process;
    private readonly Action? _finished;
    private bool _ended;
    private bool _sending;

    internal Viewer(ControlConnection connection, SandboxProcess process, AttachRequest request, Action? finished)
    {
        (_connection, _process, _finished) = (connection, process, finished);
        Lossless = request.Lossless;
        OutputAt = Start(process.Output, request.OutputFrom);
        ErrorsAt = process.Errors is null ? 0 : Start(process.Errors, request.ErrorsFrom);
        connection.Drained += Send;
        connection.Closed += Dispose;
        process.Add(this);
    }

    internal bool Lossless { get; }

    /// <summary>Next offset wanted of standard output or of the terminal.</summary>
    internal long OutputAt { get; private set; }

    /// <summary>Next offset wanted of standard error.</summary>
    internal long ErrorsAt { get; private set; }

    /// <summary>Sends what is new, as much as the connection takes.</summary>
    internal void Send()
    {
        if (_ended || _sending)
        {
            return;
        }

        _sending = true;
        var budget = MostPerTurn;
        while (_connection.IsDrained && !_connection.IsClosed && budget > 0)
        {
            OutputAt = SendPiece(_process.Output, OutputStream.Output, OutputAt, ref budget, out var more);
            if (_process.Errors is { } errors && _connection.IsDrained)
            {
                ErrorsAt = SendPiece(errors, OutputStream.Errors, ErrorsAt, ref budget, out var moreErrors);
                more |= moreErrors;
            }

            if (!more)
            {
                break;
            }
        }

        _sending = false;
        if (budget <= 0 && _connection.IsDrained)
        {
            _connection.Soon(Send); // the socket takes it as fast as we send: let others have their turn
        }

        if (!_connection.IsClosed && IsFinished())
        {
            _connection.Send(FrameType.Exit, default, JsonSerializer.SerializeToUtf8Bytes(_process.Exit!, InitJson.Default.ProcessExit));
            Dispose();
            _finished?.Invoke();
            return;
        }

        _process.Resume();
    }

    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _connection.Drained -= Send;
        _connection.Closed -= Dispose;
        _process.Remove(this);
    }

    private static long Start(OutputReader reader, long from) => from < 0 ? reader.Ring.End : Math.Min(from, reader.Ring.End);

    private bool IsFinished() =>
        _process.Exit is { } exit && OutputAt >= exit.OutputEnd && ErrorsAt >= exit.ErrorsEnd && _connection.IsDrained;

    private long SendPiece(OutputReader reader, OutputStream stream, long at, ref int budget, out bool more)
    {
        more = false;
        if (at < reader.Ring.First)
        {
            Span<byte> gap = stackalloc byte[17];
            gap[0] = (byte)stream;
            BinaryPrimitives.WriteInt64BigEndian(gap[1..], at);
            BinaryPrimitives.WriteInt64BigEndian(gap[9..], reader.Ring.First);
            _connection.Send(FrameType.Gap, gap, default);
            at = reader.Ring.First;
        }

        if (at >= reader.Ring.End || !_connection.IsDrained)
        {
            return at;
        }

        var bytes = reader.Ring.From(at, MostPerFrame);
        if (bytes.IsEmpty)
        {
            return SendPiece(reader, stream, at, ref budget, out more); // it could not be read back, and is a gap now
        }

        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)stream;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], at);
        _connection.Send(FrameType.Data, head, bytes);
        budget -= bytes.Length;
        at += bytes.Length;
        more = at < reader.Ring.End;
        return at;
    }
}
