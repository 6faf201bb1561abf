using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

/// <summary>
/// A view of one process on a connection of its own. Frames are for one reader; input and sizes may be sent from anywhere meanwhile.
/// Disposing it only ends the view; the process lives on.
/// </summary>
public sealed class ProcessAttachment : IAsyncDisposable
{
    /// <summary>Longest piece of input in one frame.</summary>
    internal const int InputPiece = 64 * 1024;

    private readonly ControlStream _stream;

    internal ProcessAttachment(ControlStream stream, uint process, int pid, StreamRange output, StreamRange? errors)
    {
        _stream = stream;
        Process = process;
        Pid = pid;
        Output = output;
        Errors = errors;
    }

    public uint Process { get; }

    /// <summary>Pid inside the sandbox; 0 when this view came from an attach to a process that ended.</summary>
    public int Pid { get; }

    /// <summary>What was held of standard output or the terminal when the view began.</summary>
    public StreamRange Output { get; }

    /// <summary>Of standard output or the terminal, what is before this offset was on disk when the view began.</summary>
    public long Spilled { get; init; }

    /// <summary>What was held of standard error when the view began; null for a terminal.</summary>
    public StreamRange? Errors { get; }

    /// <summary>Frames in order until <see cref="ProcessEnded"/>.</summary>
    /// <exception cref="InitException">The connection broke (<c>disconnected</c>): attach again at the last offset seen.</exception>
    public async IAsyncEnumerable<ProcessFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var (type, payload) = await _stream.ReadAsync(cancellation);
            switch (type)
            {
                case FrameType.Data when payload.Length >= 9:
                    yield return new ProcessData(
                        (OutputStream)payload.Span[0],
                        BinaryPrimitives.ReadInt64BigEndian(payload.Span[1..]),
                        payload[9..]
                    );
                    break;
                case FrameType.Gap when payload.Length == 17:
                    yield return new ProcessGap(
                        (OutputStream)payload.Span[0],
                        BinaryPrimitives.ReadInt64BigEndian(payload.Span[1..]),
                        BinaryPrimitives.ReadInt64BigEndian(payload.Span[9..])
                    );
                    break;
                case FrameType.InputTaken when payload.Length is 24 or 25:
                    yield return new ProcessInputTaken(
                        BinaryPrimitives.ReadUInt128BigEndian(payload.Span),
                        BinaryPrimitives.ReadInt64BigEndian(payload.Span[16..]),
                        payload.Length == 25 && payload.Span[24] == 1
                    );
                    break;
                case FrameType.Exit:
                    yield return new ProcessEnded(ControlStream.Parse(payload, InitJson.Default.ProcessExit));
                    yield break;
                case FrameType.Ok:
                    break; // the answer to input or a size sent on this connection
                case FrameType.Error when ControlStream.Parse(payload, InitJson.Default.ControlError).Code == "input_closed":
                    break; // it does not read what it was sent; its output still counts
                default:
                    throw ControlStream.Unexpected(type, payload);
            }
        }
    }

    /// <summary>Sends input; it is queued inside until the process takes it. PID 1 stops taking more while its queue is long.</summary>
    public async Task InputAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        var head = InitClient.Number(Process);
        for (var rest = bytes; !rest.IsEmpty; rest = rest[Math.Min(InputPiece, rest.Length)..])
        {
            await _stream.SendBytesAsync(FrameType.Input, head, rest[..Math.Min(InputPiece, rest.Length)], cancellation);
        }
    }

    /// <summary>
    /// Sends input that is applied exactly once: <paramref name="offset"/> counts the bytes that this writer sent before, and PID 1 drops what it has already.
    /// Each piece is answered by a <see cref="ProcessInputTaken"/> among the frames.
    /// </summary>
    /// <param name="key">Names the writer; PID 1 remembers the last 256 of a process.</param>
    public async Task KeyedInputAsync(UInt128 key, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        for (var sent = 0; sent < bytes.Length; )
        {
            var piece = bytes[sent..Math.Min(bytes.Length, sent + InputPiece)];
            await _stream.SendBytesAsync(FrameType.KeyedInput, InitClient.KeyedHead(Process, key, offset + sent), piece, cancellation);
            sent += piece.Length;
        }
    }

    /// <summary>Ends the process's standard input (on a terminal: sends its end-of-file character).</summary>
    public Task EndInputAsync(CancellationToken cancellation = default) =>
        _stream.SendBytesAsync(FrameType.InputEnd, InitClient.Number(Process), default, cancellation);

    /// <summary>Sets the terminal's size.</summary>
    public Task ResizeAsync(int columns, int rows, CancellationToken cancellation = default) =>
        _stream.SendAsync(FrameType.Resize, new ResizeRequest(Process, columns, rows), InitJson.Default.ResizeRequest, cancellation);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
