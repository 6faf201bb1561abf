using Caisson.Init.Protocol.Client;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Terminals;

/// <summary>
/// What the rings of all terminals hold in memory together. Beyond the limit, PID 1 of the terminal that has printed nothing for longest is asked to move its ring to disk,
/// then the next, until a tenth of the limit is free again. What can't be moved stays in memory, and is tried again after a while.
/// </summary>
internal sealed partial class RingMemory : IAsyncDisposable
{
    internal const long UsualLimit = 1L << 30;

    // Less is not worth a file.
    private const long Least = 64 << 10;
    private static readonly TimeSpan s_beforeNextTry = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly long _limit;
    private readonly Func<IEnumerable<TerminalSession>> _sessions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _full = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _spilling;
    private long _held;

    /// <param name="limit">In bytes.</param>
    internal RingMemory(long limit, Func<IEnumerable<TerminalSession>> sessions, TimeProvider time, ILogger logger)
    {
        (_limit, _sessions, _time, _logger) = (limit, sessions, time, logger);
        _spilling = SpillAsync();
    }

    /// <summary>Bytes that all rings hold in memory.</summary>
    internal long Held => Interlocked.Read(ref _held);

    /// <summary>Why rings that should be on disk are in memory; null when none is.</summary>
    internal string? Trouble { get; private set; }

    /// <summary>A ring has grown, or shrunk, by this many bytes.</summary>
    internal void Moved(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) > _limit && bytes > 0 && _full.CurrentCount == 0)
            Wake();
    }

    /// <summary>Tries again what could not be done before, once that may have changed.</summary>
    internal void Look()
    {
        if (Held > _limit)
            Wake();
        else
            Trouble = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _spilling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _full.Dispose();
    }

    private void Wake()
    {
        try
        {
            _full.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else was faster, which is as good.
        }
    }

    private async Task SpillAsync()
    {
        while (true)
        {
            await _full.WaitAsync(_stop.Token);
            try
            {
                await SpillIdlestAsync();
            }
#pragma warning disable CA1031 // Nobody awaits this; a bug here has to reach the log, and must not end it for all terminals.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception);
            }
#pragma warning restore CA1031
        }
    }

    private async Task SpillIdlestAsync()
    {
        string? trouble = null;
        var now = _time.GetTimestamp();
        foreach (var session in _sessions().Where(session => session.RingInMemory >= Least).OrderBy(session => session.LastOutput))
        {
            if (Held <= _limit / 10 * 9)
                break;
            if (session.SpillFailed is { } failed && _time.GetElapsedTime(failed, now) < s_beforeNextTry)
            {
                trouble ??= Trouble;
                continue;
            }
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(s_patience);
            try
            {
                await session.SpillAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
                trouble = $"its sandbox has not answered within {s_patience.TotalSeconds} s";
                LogNotSpilled(session.Id, session.RingInMemory >> 20, trouble);
            }
            catch (InitException exception) when (exception.Code != "no_such_process" && !exception.IsTransport)
            {
                // "not_spilled", or a PID 1 of an earlier version, which does not know how.
                trouble = exception.Message;
                LogNotSpilled(session.Id, session.RingInMemory >> 20, exception.Message);
            }
            catch (InitException)
            {
                // It ends in this moment, and its ring with it.
            }
        }
        Trouble = trouble;
    }

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "The output of terminal {Id} ({Held} MiB) stays in memory, though limits.terminal_ring_mib is reached: {Why}. Nothing is lost. Free disk space, or raise the limit"
    )]
    private partial void LogNotSpilled(string id, long held, string why);

    [LoggerMessage(21, LogLevel.Error, "Moving terminals' output to disk failed")]
    private partial void LogFailed(Exception exception);
}
