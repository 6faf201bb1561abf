using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Caisson.Terminals.Recordings;

namespace Caisson.Workspaces.Recordings;

public sealed partial class RecordingService
{
    public RecordingLimits Limits => _limits;

    /// <summary>Null for what does not exist.</summary>
    public RecordingInfo? Find(string id) => _running.TryGetValue(id, out var recorder) ? recorder.Info : _ended.GetValueOrDefault(id);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RecordingInfo> List() =>
        [
            .. _ended
                .Values.Concat(_running.Values.Select(recorder => recorder.Info))
                .OrderByDescending(info => info.Started)
                .ThenBy(info => info.Id, StringComparer.Ordinal),
        ];

    /// <summary>Its events in order. While it runs, and <paramref name="follow"/> says so, those to come as well.</summary>
    /// <exception cref="CryptographicException">It was changed since it was written.</exception>
    public async IAsyncEnumerable<CastEvent> ReadAsync(
        RecordingInfo info,
        bool follow,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        _running.TryGetValue(info.Id, out var recorder);
        if (recorder is not null)
            recorder.Flush();
        var key = _keys.Of(info.Workspace);
        using var reader = new RecordingReader(info, _store.FileOf(info));
        while (true)
        {
            var written = recorder?.Written;
            while (reader.Next(key) is { } piece)
            {
                foreach (var next in piece.Events)
                    yield return next;
            }
            if (!follow || recorder is null || recorder.IsOver)
                yield break;
            await written!.WaitAsync(cancellation);
        }
    }

    /// <summary>Deletes one; false while it runs or is held.</summary>
    public bool Delete(RecordingInfo info)
    {
        if (info.Held || _running.ContainsKey(info.Id))
            return false;
        Remove(info);
        return true;
    }

    /// <summary>Keeps one beyond its time, or no longer; false while it runs.</summary>
    public bool Hold(RecordingInfo info, bool held)
    {
        if (_running.ContainsKey(info.Id))
            return false;
        var changed = info with { Held = held };
        _store.Write(changed);
        _ended[info.Id] = changed;
        return true;
    }

    /// <summary>What is wrong with one, or null: each piece has to open, and the pieces have to be those that the record of access names.</summary>
    public string? Verify(RecordingInfo info)
    {
        try
        {
            // A piece that is just being written is none yet.
            var anchors = _log.Of($"recording:{info.Id}")
                .Select(recorded => recorded.Event.After)
                .OfType<string>()
                .ToHashSet(StringComparer.Ordinal);
            var key = _keys.Of(info.Workspace);
            using var reader = new RecordingReader(info, _store.FileOf(info));
            anchors.Remove(reader.Chain.ToString());
            while (reader.Next(key) is not null)
                anchors.Remove(reader.Chain.ToString());
            if (anchors.Count > 0)
                return $"it is not what the record of access says: {anchors.Order(StringComparer.Ordinal).Last()}; now {reader.Chain}";
            return info.Ended is not null && reader.Position != new FileInfo(_store.FileOf(info)).Length
                ? "something that is no piece of it follows its end"
                : null;
        }
        catch (CryptographicException)
        {
            return "a piece was changed, or lies where another one was";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Recordings that were begun, and are neither here nor deleted by somebody.</summary>
    public IReadOnlyList<string> Missing() =>
        [
            .. _log.Objects("recording.started")
                .Except(_log.Objects("recording.deleted"))
                .Select(name => name["recording:".Length..])
                .Where(id => Find(id) is null)
                .Order(StringComparer.Ordinal),
        ];
}
