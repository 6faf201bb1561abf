using System.Collections.Concurrent;
using Caisson.Init.Protocol.Client;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Workspaces;

/// <summary>
/// The template's own checks. Each is a request that the workspace's user makes inside, from bash: the host asks nobody, whatever the URL says. What
/// comes back is the workspace's word, of which three digits are read.
/// </summary>
/// <param name="changed">Called when an app has begun to fail, or has come back.</param>
internal sealed class AppChecks(TimeProvider time, Action changed) : IDisposable
{
    private const int AtATime = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Host, port, target; prints the first bytes of the answer, or why there is none.</summary>
    private const string Ask = """
        exec 3<>"/dev/tcp/$1/$2" || exit 1
        printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nUser-Agent: caisson-check\r\nConnection: close\r\n\r\n' "$3" "$1" "$2" >&3
        head -c 12 <&3
        """;

    private readonly ConcurrentDictionary<(string Sandbox, string Check), Look> _looks = new();
    private readonly SemaphoreSlim _room = new(AtATime);

    /// <summary>Begins the looks that are due, and gives what the last ones have found.</summary>
    internal IEnumerable<HealthFinding> Findings(ISandbox sandbox, IReadOnlyList<TemplateCheck> checks, CancellationToken cancellation)
    {
        foreach (var check in checks)
        {
            var look = _looks.GetOrAdd((sandbox.Id, check.Name), _ => new Look());
            if (look.TryBegin(time.GetUtcNow(), check.Interval))
                _ = LookAsync(sandbox, check, look, cancellation);
            if (look.Failing is { } failing)
                yield return new HealthFinding(
                    check.IsVital ? "vital_check_failed" : "check_failed",
                    $"{check.Name}: {check.Url} {failing.Why}.",
                    check.Fix ?? "Look whether the app runs, and at what it writes.",
                    failing.Since
                );
        }
    }

    /// <summary>Forgets sandboxes that have ended: a new start begins to count anew.</summary>
    internal void Keep(Func<string, bool> runs)
    {
        foreach (var key in _looks.Keys.Where(key => !runs(key.Sandbox)))
            _looks.TryRemove(key, out _);
    }

    public void Dispose() => _room.Dispose();

    private async Task LookAsync(ISandbox sandbox, TemplateCheck check, Look look, CancellationToken cancellation)
    {
        string? why;
        try
        {
            await _room.WaitAsync(cancellation);
            try
            {
                why = await AskAsync(sandbox, new Uri(check.Url), cancellation);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (Exception exception) when (exception is InitException or SandboxException or IOException)
        {
            why = "could not be asked, as the sandbox does not answer";
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The server ends.
            return;
        }
        if (look.End(why, check.Threshold, time.GetUtcNow()))
            changed();
    }

    /// <returns>Null: it is well.</returns>
    private static async Task<string?> AskAsync(ISandbox sandbox, Uri url, CancellationToken cancellation)
    {
        var result = await sandbox.Init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["bash", "-c", Ask, "check", url.Host, $"{url.Port}", url.PathAndQuery],
                WorkingDirectory = SandboxEnvironment.Home,
                Timeout = Limit,
                MaximumOutputBytes = 1024,
                Label = "check",
            },
            cancellation
        );
        var answer = result.Output;
        if (result.TimedOut)
            return $"did not answer within {Limit.TotalSeconds:0} s";
        if (
            answer.Length < 12
            || !answer.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(answer.AsSpan(9, 3), out var status)
        )
            return result.ExitCode == 0 ? "gave no HTTP answer" : "refused the connection";
        return status is >= 200 and < 400 ? null : $"answered {status}";
    }

    /// <summary>What is known of one check of one sandbox.</summary>
    private sealed class Look
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _due;
        private bool _asking;
        private int _failures;
        private (string Why, DateTimeOffset Since)? _failing;

        internal (string Why, DateTimeOffset Since)? Failing
        {
            get
            {
                lock (_gate)
                    return _failing;
            }
        }

        internal bool TryBegin(DateTimeOffset now, TimeSpan interval)
        {
            lock (_gate)
            {
                if (_asking || now < _due)
                    return false;
                _due = now + interval;
                return _asking = true;
            }
        }

        /// <returns>Whether something is to be told.</returns>
        internal bool End(string? why, int threshold, DateTimeOffset now)
        {
            lock (_gate)
            {
                var before = _failing;
                _asking = false;
                _failures = why is null ? 0 : _failures + 1;
                if (why is null)
                    _failing = null;
                else if (_failures >= threshold)
                    _failing = (why, before?.Since ?? now);
                return before != _failing;
            }
        }
    }
}
