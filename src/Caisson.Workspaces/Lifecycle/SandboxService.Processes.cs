using Caisson.Api;
using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Workspaces.Store;
using Microsoft.Extensions.Logging;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>Programs in sandboxes.</summary>
public sealed partial class SandboxService
{
    public async Task<ProcessResponse> StartProcessAsync(string name, ProcessRequest request, CancellationToken cancellation)
    {
        var (record, running) = Running(name);
        var started = await running.Sandbox.Init.StartAsync(
            new StartRequest
            {
                Arguments = request.Arguments,
                WorkingDirectory = request.Directory ?? record.Document.WorkingDirectory,
                Environment = request.Terminal is { } size
                    ? new Dictionary<string, string?>(StringComparer.Ordinal) { ["TERM"] = size.Term }
                    : null,
                Terminal = request.Terminal is { } terminal
                    ? new Init.Protocol.Control.TerminalSize(terminal.Columns, terminal.Rows)
                    : null,
                Input = request.StandardInput,
                Label = "exec",
            },
            cancellation
        );
        return new ProcessResponse((int)started.Process);
    }

    public async Task<ProcessAttachment> AttachAsync(string name, int process, long output, long error, CancellationToken cancellation)
    {
        var (_, running) = Running(name);
        return await running.Sandbox.Init.AttachAsync(
            new AttachRequest
            {
                Process = (uint)process,
                OutputFrom = output,
                ErrorsFrom = error,
                Lossless = true,
            },
            cancellation
        );
    }

    /// <summary>Tells that a viewer was sent all of a process's output and its exit.</summary>
    public void Viewed(string name, uint process)
    {
        var record = Find(name);
        if (record.Process == process && _running.TryGetValue(record.Id, out var running))
            running.MainViewed.TrySetResult();
    }

    public Task SignalAsync(string name, uint process, int signal, CancellationToken cancellation) =>
        Running(name).Running.Sandbox.Init.SignalAsync(process, signal, SignalTarget.Group, cancellation);

    /// <summary>Waits for the end of the sandbox's program and of what follows from it.</summary>
    public Task<FinishResponse> FinishedAsync(string name, CancellationToken cancellation) =>
        _store.Find(name) is { } record && _running.TryGetValue(record.Id, out var running)
            ? running.Finished.Task.WaitAsync(cancellation)
            : Task.FromResult(
                _store.Find(name) is { } ended
                    ? new FinishResponse(true, _teardown.HasWork(ended), [])
                    : new FinishResponse(false, false, [])
            );
}
