using Caisson.Api;
using Caisson.Init.Protocol.Client;
using Caisson.Sandboxes;
using Caisson.Workspaces.Allocation;
using Caisson.Workspaces.Launching;
using Caisson.Workspaces.Store;
using Caisson.Workspaces.Terminals;
using ProcessExit = Caisson.Init.Protocol.Control.ProcessExit;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>
/// The end of sandboxes: processes first, then the gateway's side, then files. Never stops half-way; each failing step is a warning in the
/// sandbox's log, and any makes the whole count as failed.
/// </summary>
internal sealed class Teardown(
    CaissonDirectories directories,
    IReadOnlyDictionary<string, ISandboxDriver> drivers,
    SandboxStore store,
    UserPool users,
    Action<string> closeDecisions,
    TimeProvider time
)
{
    private static readonly TimeSpan PatchLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ViewerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ViewerPause = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// After the main program: nothing while another terminal or program is in the sandbox (null is returned), removal after exit 0, else
    /// preservation; <c>--keep</c> and <c>--rm</c> override.
    /// </summary>
    internal async Task<FinishResponse?> FinishAsync(SandboxRecord record, RunningSandbox running, ProcessExit? exit)
    {
        store.Log(
            record.Id,
            "ended",
            exit is null ? "the sandbox ended by itself" : $"exit {exit.Code} after {exit.DurationMilliseconds} ms"
        );
        if (exit is not null && await OthersAsync(record, running.Sandbox))
        {
            return new FinishResponse(true, false, Try("record", () => store.Update(record with { ExitCode = exit.Code })));
        }
        await running.MainViewed.Task.WaitAsync(ViewerLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ViewersHaveItAllAsync(record, running.Sandbox);
        await SaveTranscriptAsync(record, running.Sandbox);
        var failures = await StopAsync(record, running, SandboxState.Preserved, exit, record.Document.StopGrace, CancellationToken.None);
        // Work that nobody has taken home yet is not thrown away because the program ended well.
        var work = SandboxPatch.AppliesTo(record) && (failures.Count > 0 || SavedPatch(record).Length > 0);
        var keep = record.Document.Keep ?? (work || exit is not { Code: 0 });
        if (!keep)
            failures = [.. failures, .. Remove(record)];
        return new FinishResponse(keep, work, failures);
    }

    /// <param name="grace">How long what runs inside may take to save its work.</param>
    /// <param name="hurry">Ends that time: what still runs is killed.</param>
    internal async Task<IReadOnlyList<string>> StopAsync(
        SandboxRecord record,
        RunningSandbox running,
        SandboxState state,
        ProcessExit? exit,
        TimeSpan grace,
        CancellationToken cancellation,
        CancellationToken hurry = default
    )
    {
        await running.Teardown.WaitAsync(cancellation);
        try
        {
            var failures = new List<string>();
            // Whoever asked may leave; what has begun is finished.
            if (SandboxPatch.AppliesTo(record) && !running.Sandbox.Exited.IsCompleted)
                failures.AddRange(await Try("save-work", () => SavePatchAsync(record, running.Sandbox)));
            failures.AddRange(await Try("stop-sandbox", () => running.Sandbox.StopAsync(grace, hurry)));
            ReleaseMount(record);
            failures.AddRange(
                await Try(
                    "close-gateway",
                    async () =>
                    {
                        await running.Exit.DisposeAsync();
                        running.Authority.Dispose();
                        closeDecisions(record.Id);
                        return [];
                    }
                )
            );
            failures.AddRange(Try("remove-sockets", () => Delete(directories.Sandbox(record.Id).Sockets)));
            failures.AddRange(Try("remove-sealed", () => Launcher.RemoveSealed(directories.Sandbox(record.Id))));
            foreach (var failure in failures)
                store.Log(record.Id, "warning", failure);
            var ended = record with { State = state, Runtime = null, Process = null, ExitCode = exit?.Code ?? record.ExitCode };
            failures.AddRange(Try("record", () => store.Update(ended)));
            return failures;
        }
        finally
        {
            running.Teardown.Release();
        }
    }

    /// <summary>Removes the files and the record of a sandbox that has stopped.</summary>
    internal IReadOnlyList<string> Remove(SandboxRecord record)
    {
        var files = directories.Sandbox(record.Id);
        List<string> failures = [.. Try("remove-files", () => Delete(files.State)), .. Try("remove-sockets", () => Delete(files.Sockets))];
        if (failures.Count > 0)
            return failures;
        if (record.Slot is { } slot)
            users.Release(slot, files.State);
        return Try("record", () => store.Delete(record.Id));
    }

    /// <summary>What a server that died left of a sandbox that no longer runs: kept when it had run, taken back when its launch was cut off.</summary>
    internal async Task AbandonAsync(SandboxRecord record, CancellationToken cancellation)
    {
        var driver = drivers.GetValueOrDefault(record.Document.Driver);
        if (driver is not null)
        {
            foreach (var failure in await driver.CleanAsync(record.Id, record.Runtime, cancellation))
                store.Log(record.Id, "warning", failure);
        }
        ReleaseMount(record);
        if (record.State == SandboxState.Starting && record.Runtime is null && record.Stages.Count == 0)
        {
            foreach (var failure in Remove(record))
                store.Log(record.Id, "warning", failure);
            return;
        }
        var files = directories.Sandbox(record.Id);
        foreach (
            var failure in Try("remove-sockets", () => Delete(files.Sockets))
                .Concat(Try("remove-sealed", () => Launcher.RemoveSealed(files)))
        )
            store.Log(record.Id, "warning", failure);
        store.Log(record.Id, "ended", $"found stopped at {time.GetUtcNow():u}, after a restart of the server");
        store.Update(
            record with
            {
                State = SandboxState.Preserved,
                Runtime = null,
                Process = null,
                Detail = "The sandbox ended while no server was running.",
            }
        );
    }

    /// <summary>Only after the last process has ended.</summary>
    private void ReleaseMount(SandboxRecord record)
    {
        foreach (var note in RepositoryMount.Release(directories.Sandbox(record.Id).State))
            store.Log(record.Id, "warning", note);
    }

    private static async Task<bool> OthersAsync(SandboxRecord record, ISandbox sandbox)
    {
        try
        {
            var processes = await sandbox.Init.ListAsync();
            return processes.Any(process =>
                process.Process != record.Process && process is { Exit: null, Label: "exec" or TerminalService.Label }
            );
        }
        catch (InitException)
        {
            return false;
        }
    }

    /// <summary>A viewer gets the last bytes before the sandbox goes; one that does not read can't hold the end up for ever.</summary>
    private async Task ViewersHaveItAllAsync(SandboxRecord record, ISandbox sandbox)
    {
        var started = time.GetTimestamp();
        try
        {
            while (time.GetElapsedTime(started) < ViewerLimit)
            {
                var main = (await sandbox.Init.ListAsync()).FirstOrDefault(process => process.Process == record.Process);
                if (main is null or { Viewers: 0 })
                    return;
                await Task.Delay(ViewerPause, time);
            }
        }
        catch (InitException)
        {
            // PID 1 is gone: there is nothing left to read.
        }
    }

    private async Task SaveTranscriptAsync(SandboxRecord record, ISandbox sandbox)
    {
        if (record.Process is not { } process)
            return;
        try
        {
            var output = await MainProgram.OutputAsync(sandbox, (uint)process);
            var directory = Path.Combine(directories.Logs, "transcripts");
            Directory.CreateDirectory(directory);
            PrivateFile.Write(Path.Combine(directory, $"{record.Id}.log"), output);
        }
        catch (IOException exception)
        {
            store.Log(record.Id, "warning", $"save-transcript: {exception.Message}");
        }
    }

    /// <summary>The work of a sandbox that has stopped.</summary>
    /// <exception cref="SandboxException"><c>state_conflict</c>: it ended before its work could be saved.</exception>
    internal string SavedPatch(SandboxRecord record)
    {
        var file = directories.Sandbox(record.Id).Patch;
        return File.Exists(file)
            ? File.ReadAllText(file)
            : throw new SandboxException(
                "state_conflict",
                $"The sandbox {record.Id} is not running, and no patch of its work was saved.",
                $"caisson resume {record.Id}"
            );
    }

    /// <summary>Whether a sandbox that has stopped holds work that could be applied.</summary>
    internal bool HasWork(SandboxRecord record) => new FileInfo(directories.Sandbox(record.Id).Patch) is { Exists: true, Length: > 0 };

    private async Task<IReadOnlyList<string>> SavePatchAsync(SandboxRecord record, ISandbox sandbox)
    {
        using var limit = new CancellationTokenSource(PatchLimit, time);
        var patch = await SandboxPatch.MakeAsync(record, sandbox, limit.Token);
        PrivateFile.Write(directories.Sandbox(record.Id).Patch, System.Text.Encoding.UTF8.GetBytes(patch));
        return [];
    }

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private static IReadOnlyList<string> Try(string operation, Action work)
    {
        try
        {
            work();
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [$"{operation}: {exception.Message}"];
        }
    }

    private static async Task<IReadOnlyList<string>> Try(string operation, Func<Task<IReadOnlyList<string>>> work)
    {
        try
        {
            return await work();
        }
#pragma warning disable CA1031 // Whatever one step throws, the other steps have to run.
        catch (Exception exception)
        {
            return [$"{operation}: {exception.Message}"];
        }
#pragma warning restore CA1031
    }
}
