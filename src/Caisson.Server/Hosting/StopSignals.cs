using System.Diagnostics;
using System.Runtime.InteropServices;
using Caisson.Server.Configuration;

namespace Caisson.Server.Hosting;

/// <summary>
/// What signals do. The first SIGTERM or SIGINT begins an orderly stop; a second one, or the end of
/// the time that a stop may take (<c>server.stop_seconds</c>), ends the process at once, which is as safe as a crash: state is
/// written before it is answered, and sandboxes live on their own. SIGHUP reads the configuration again where no terminal stands behind it.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ILogger<StopSignals> _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _whole;
    private ITimer? _limit;
    private long? _began;
    private int _asked;

    /// <param name="limit">How long an orderly stop may take in all.</param>
    internal StopSignals(ConfigurationReload reload, TimeSpan limit, TimeProvider time, ILogger<StopSignals> logger)
    {
        (_whole, _time, _logger) = (limit, time, logger);
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
            _registrations.Add(PosixSignalRegistration.Create(signal, _ => Stop()));
        // With a terminal, a hang-up is the end of that terminal.
        if (Console.IsInputRedirected)
            _registrations.Add(
                PosixSignalRegistration.Create(
                    PosixSignal.SIGHUP,
                    context =>
                    {
                        context.Cancel = true;
                        reload.Reload();
                    }
                )
            );
    }

    /// <summary>What is left of the time that the stop may take; all of it where no signal has begun it.</summary>
    internal TimeSpan Left => _began is { } began ? _whole - _time.GetElapsedTime(began) : _whole;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _limit?.Dispose();
    }

    /// <summary>The stop itself is the host's, which has heard the same signal.</summary>
    private void Stop()
    {
        if (Interlocked.Increment(ref _asked) == 1)
        {
            _began = _time.GetTimestamp();
            _limit = _time.CreateTimer(
                _ => End($"the stop took longer than {_whole.TotalSeconds:0} s"),
                null,
                _whole,
                Timeout.InfiniteTimeSpan
            );
            return;
        }
        End("a second signal came");
    }

    private void End(string why)
    {
        LogEnd(why);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    [LoggerMessage(1, LogLevel.Warning, "The server ends at once: {Why}")]
    private partial void LogEnd(string why);
}
