using System.Diagnostics;
using Caisson.Api;
using Caisson.Sandboxes;
using Caisson.Workspaces.Store;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// Runs the named stages of one launch in order. Each has a time limit and leaves an event with its duration; when one fails, what the earlier
/// ones made is undone in reverse, and the error names the stage.
/// </summary>
/// <param name="home">The directory whose disk everything is made on.</param>
/// <param name="progress">Hears of each stage, or null.</param>
internal sealed class StageRunner(string sandbox, string home, SandboxStore store, ILaunchProgress? progress = null)
{
    private readonly Stack<(string Stage, Func<Task> Undo)> _undo = new();
    private readonly List<StageTiming> _timings = [];

    internal IReadOnlyList<StageTiming> Timings => _timings;

    /// <param name="limit">After this the stage counts as failed.</param>
    /// <exception cref="SandboxException">The stage failed or took too long; everything before it has been undone.</exception>
    internal async Task<T> RunAsync<T>(string stage, TimeSpan limit, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(limit);
        progress?.Started(stage);
        try
        {
            var result = await work(bounded.Token);
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            _timings.Add(new StageTiming(stage, Math.Round(milliseconds, 2)));
            progress?.Succeeded(stage);
            return result;
        }
        catch (Exception exception)
        {
            // Looked at before the undoing makes room.
            var full = StorageFull.Is(exception) || StorageFull.IsAt(home);
            await UndoAsync();
            store.Log(sandbox, "stage", $"{stage} failed: {exception.Message}");
            throw exception switch
            {
                _ when full && !cancellation.IsCancellationRequested => StorageFull.Launch(stage, exception),
                SandboxException known => new SandboxException(
                    known.Code,
                    $"{known.Message} (stage {stage})",
                    known.Fix,
                    known,
                    known.Details
                ),
                OperationCanceledException when !cancellation.IsCancellationRequested => new SandboxException(
                    "sandbox_not_ready",
                    $"The stage '{stage}' did not end within {limit.TotalSeconds:0.#} s; what had been made was undone.",
                    "Run `caisson doctor`.",
                    exception
                ),
                OperationCanceledException => exception,
                _ => new SandboxException(
                    "launch_failed",
                    $"The stage '{stage}' failed: {exception.Message}",
                    "Look at the server's log.",
                    exception
                ),
            };
        }
    }

    internal Task RunAsync(string stage, TimeSpan limit, Func<CancellationToken, Task> work, CancellationToken cancellation) =>
        RunAsync(
            stage,
            limit,
            async token =>
            {
                await work(token);
                return true;
            },
            cancellation
        );

    /// <summary>Registers how to take back what a stage made.</summary>
    internal void OnFailure(string stage, Func<Task> undo) => _undo.Push((stage, undo));

    internal void OnFailure(string stage, Action undo) =>
        OnFailure(
            stage,
            () =>
            {
                undo();
                return Task.CompletedTask;
            }
        );

    /// <summary>Never stops half-way: a step that fails is a warning, and the others still run.</summary>
    private async Task UndoAsync()
    {
        while (_undo.TryPop(out var step))
        {
            try
            {
                await step.Undo();
            }
#pragma warning disable CA1031 // Whatever one step throws, the rest has to be undone.
            catch (Exception exception)
            {
                store.Log(sandbox, "warning", $"undoing {step.Stage} failed: {exception.Message}");
            }
#pragma warning restore CA1031
        }
    }
}
