using System.Text;
using Caisson.Credentials.Masking;
using Caisson.Terminals.Recordings;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Workspaces.Recordings;

/// <summary>
/// Records one terminal: events are masked and gathered, and every two seconds or 128 Ki characters packed, sealed and written. Thread-safe. What can't be written is told once,
/// and ends the recording.
/// </summary>
public sealed class Recorder : IDisposable
{
    private const int MostGathered = 128 << 10;
    private const int MarkReserve = 4 << 10;

    private readonly Lock _gate = new();
    private readonly byte[] _key;
    private readonly SafeFileHandle _file;
    private readonly RecordingLimits _limits;
    private readonly Func<KnownSecretMask> _mask;
    private readonly TimeProvider _time;
    private readonly StreamMask _masking = new();
    private readonly Decoder _text = Encoding.UTF8.GetDecoder();
    private readonly StreamMask _maskingInput = new();
    private readonly Decoder _inputText = Encoding.UTF8.GetDecoder();
    private List<CastEvent> _gathered = [];
    private int _characters;
    private int _anchored;
    private RecordingInfo _info;
    private TimeSpan _last;
    private bool _over;
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="at">Where an earlier server left it: over what is there, its size, the terminal's next byte, the time of the last event.</param>
    internal Recorder(
        RecordingInfo info,
        SafeFileHandle file,
        byte[] key,
        (RecordingChain Chain, long Size, long Offset, TimeSpan Last) at,
        Func<KnownSecretMask> mask,
        RecordingLimits limits,
        TimeProvider time
    )
    {
        (_info, _file, _key, _mask, _limits, _time) = (info, file, key, mask, limits, time);
        (Chain, Size, Offset, _last) = at;
    }

    /// <summary>It can't go on: why. Called at most once, without locks.</summary>
    internal Action<string>? Failed { get; set; }

    internal bool RecordsInput { get; init; }

    internal RecordingInfo Info
    {
        get
        {
            lock (_gate)
                return _info with { Duration = _last, Bytes = Size };
        }
    }

    internal RecordingChain Chain { get; private set; }

    /// <summary>Bytes on disk.</summary>
    internal long Size { get; private set; }

    /// <summary>The terminal's next byte that is to be recorded.</summary>
    internal long Offset { get; private set; }

    /// <summary>Completes when more was written, or it is over.</summary>
    internal Task Written
    {
        get
        {
            lock (_gate)
                return _over ? Task.CompletedTask : _written.Task;
        }
    }

    internal bool IsOver => _over;

    /// <summary>What was written since the last time that somebody asked; null for nothing.</summary>
    internal RecordingChain? TakeUnanchored()
    {
        lock (_gate)
        {
            if (Chain.Count == _anchored)
                return null;
            _anchored = Chain.Count;
            return Chain;
        }
    }

    /// <summary>Output; what it has already is left out, and a hole is marked.</summary>
    internal void Output(long offset, ReadOnlySpan<byte> bytes)
    {
        string? failure;
        lock (_gate)
        {
            if (_over || offset + bytes.Length <= Offset)
                return;
            if (offset > Offset)
                Gather(CastEvent.Mark, $"gap - {offset - Offset} bytes of output were lost and are not recorded");
            else
                bytes = bytes[(int)(Offset - offset)..];
            Offset = Math.Max(offset, Offset) + bytes.Length;
            Gather(CastEvent.Output, Text(_text, _masking.Next(bytes, _mask())));
            failure = _characters > MostGathered ? WriteOrEnd() : null;
        }
        Tell(failure);
    }

    /// <summary>What was typed and the terminal showed.</summary>
    internal void Input(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (!_over && RecordsInput)
                Gather(CastEvent.Input, Text(_inputText, _maskingInput.Next(bytes, _mask())));
        }
    }

    internal void Resize(int columns, int rows)
    {
        lock (_gate)
        {
            if (!_over)
                Gather(CastEvent.Resize, FormattableString.Invariant($"{columns}x{rows}"));
        }
    }

    /// <param name="mark">Kind, id and words.</param>
    internal void Mark(string mark)
    {
        lock (_gate)
        {
            if (!_over)
                Gather(CastEvent.Mark, _mask().Mask(mark));
        }
    }

    /// <summary>Writes what was gathered.</summary>
    internal void Flush()
    {
        string? failure;
        lock (_gate)
            failure = _over ? null : WriteOrEnd();
        Tell(failure);
    }

    /// <summary>The terminal has ended.</summary>
    internal void End(int? code, string reason)
    {
        lock (_gate)
        {
            if (_over)
                return;
            Gather(CastEvent.Output, Text(_text, _masking.End()));
            Gather(CastEvent.Exit, FormattableString.Invariant($"{code ?? -1}"));
            var failure = Write();
            Over(failure is null ? reason : $"{reason}; {failure}");
        }
    }

    /// <summary>Lets go of it; the next server may go on.</summary>
    public void Dispose()
    {
        Flush();
        lock (_gate)
        {
            _over = true;
            _file.Dispose();
            _written.TrySetResult();
        }
    }

    private static string Text(Decoder decoder, byte[] bytes)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        return new string(characters, 0, decoder.GetChars(bytes, characters, flush: false));
    }

    private void Gather(char code, string data)
    {
        if (data.Length == 0)
            return;
        // The machine's clock may be set back; a recording's never is.
        var now = _time.GetUtcNow() - _info.Started;
        _last = now > _last ? now : _last;
        _gathered.Add(new CastEvent(_last, code, data));
        _characters += data.Length;
    }

    private string? WriteOrEnd()
    {
        if (Write() is not { } failure)
            return null;
        Over(failure);
        return failure;
    }

    /// <summary>Why it could not be done, or null.</summary>
    private string? Write()
    {
        if (_gathered.Count == 0)
            return null;
        var box = RecordingFile.Seal(new RecordingPiece(Offset, _gathered), _key, Chain);
        if (Size + RecordingFile.SizeOf(box) > _limits.LargestBytes - MarkReserve)
        {
            var cut = $"cut - the recording has reached {_limits.LargestBytes >> 20} MiB and ends here";
            var mark = new RecordingPiece(Offset, [new CastEvent(_last, CastEvent.Mark, cut)]);
            return Append(RecordingFile.Seal(mark, _key, Chain)) ?? $"it has reached {_limits.LargestBytes >> 20} MiB";
        }
        (_gathered, _characters) = ([], 0);
        return Append(box);
    }

    private string? Append(byte[] box)
    {
        try
        {
            RandomAccess.Write(_file, RecordingFile.Framed(box), Size);
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
        Size += RecordingFile.SizeOf(box);
        Chain = Chain.With(box);
        _written.TrySetResult();
        _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return null;
    }

    private void Over(string reason)
    {
        _over = true;
        _info = _info with { Ended = _time.GetUtcNow(), EndReason = reason };
        _written.TrySetResult();
    }

    private void Tell(string? failure)
    {
        if (failure is not null)
            Failed?.Invoke(failure);
    }
}
