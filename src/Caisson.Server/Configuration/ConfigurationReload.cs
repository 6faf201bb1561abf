using Caisson.Sandboxes.Doctor;

namespace Caisson.Server.Configuration;

/// <summary>
/// Reads the configuration again while the server runs. It is valid as a whole or not taken at all. What can be changed without a restart is
/// swapped; the keys of everything else are named. To make a key changeable: a line in <see cref="Live"/>.
/// </summary>
internal sealed class ConfigurationReload
{
    private readonly Lock _gate = new();
    private readonly ServerOptionsReader _reader;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Dictionary<string, Action<ServerOptions>> _live;
    private Dictionary<string, string> _inForce;

    /// <param name="arguments">The command line after <c>serve</c>: flags win again.</param>
    /// <param name="started">What the server was started with.</param>
    /// <param name="threshold">The level of the log, which can be changed.</param>
    internal ConfigurationReload(
        ServerOptionsReader reader,
        IReadOnlyList<string> arguments,
        ServerConfiguration started,
        LogThreshold threshold
    )
    {
        (_reader, _arguments, _inForce) = (reader, arguments, Texts(started));
        _live = Live(threshold);
    }

    /// <summary>What health shows: a file that was refused, or keys that wait for a restart; null when all is in force.</summary>
    public Finding? Finding { get; private set; }

    /// <summary>Is told after each reload, whatever came of it.</summary>
    public Action<ReloadResult>? Told { get; set; }

    internal ReloadResult Reload()
    {
        lock (_gate)
        {
            var result = Read();
            Told?.Invoke(result);
            return result;
        }
    }

    private ReloadResult Read()
    {
        var read = _reader.Read(_arguments);
        if (read.Errors.Count > 0)
        {
            Finding = new Finding(
                "configuration.refused",
                Severity.Warning,
                $"The configuration was read again and has errors, so the last good one holds: {read.Errors[0]}",
                "caisson config check",
                $"{read.Errors.Count} errors"
            );
            return new ReloadResult([], [], read.Errors);
        }
        var now = Texts(read);
        var changed = now.Where(pair => _inForce[pair.Key] != pair.Value).Select(pair => pair.Key).ToList();
        var applied = changed.Where(_live.ContainsKey).ToList();
        foreach (var key in applied)
            _live[key](read.Options);
        _inForce = _inForce.ToDictionary(
            pair => pair.Key,
            pair => applied.Contains(pair.Key) ? now[pair.Key] : pair.Value,
            StringComparer.Ordinal
        );
        var waiting = changed.Except(applied, StringComparer.Ordinal).ToList();
        Finding =
            waiting.Count == 0
                ? null
                : new Finding(
                    "configuration.restart",
                    Severity.Warning,
                    $"These keys have changed and need a restart of the server: {string.Join(", ", waiting)}.",
                    "Stop the server (its pid is in $CAISSON_HOME/server.lock.pid) and start it again; sandboxes go on meanwhile.",
                    $"{waiting.Count} keys"
                );
        return new ReloadResult(applied, waiting, []);
    }

    private static Dictionary<string, Action<ServerOptions>> Live(LogThreshold threshold) =>
        new(StringComparer.Ordinal) { ["log.level"] = options => threshold.Least = LogThreshold.Parse(options.LogLevel) };

    private static Dictionary<string, string> Texts(ServerConfiguration configuration) =>
        configuration.Values.ToDictionary(value => value.Setting.Key, value => string.Join('\n', value.Texts), StringComparer.Ordinal);
}

/// <param name="Applied">Keys that hold from now on.</param>
/// <param name="NeedRestart">Keys that have changed and hold after a restart.</param>
/// <param name="Errors">Why nothing was taken.</param>
internal sealed record ReloadResult(IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart, IReadOnlyList<string> Errors);
