using System.IO.Pipelines;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Jobs;

/// <summary>One home's files into another, from PID 1 to PID 1. Either side treats the archive as a stranger's.</summary>
internal static class HomeCopy
{
    internal static async Task<CopySummary> RunAsync(ISandbox from, ISandbox to, CancellationToken cancellation)
    {
        var pipe = new Pipe();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var packing = PackAsync();
        CopySummary copied;
        try
        {
            copied = await to.Init.CopyInAsync(pipe.Reader.AsStream(leaveOpen: true), SandboxEnvironment.Home, cancellation);
        }
        catch
        {
            // The archive's reader is gone: its writer must not wait for it. Where the writer failed first, that is what the reader has told.
            await either.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await packing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await packing;
        return copied;

        async Task PackAsync()
        {
            Exception? failure = null;
            try
            {
                await from.Init.CopyOutAsync(SandboxEnvironment.Home, pipe.Writer.AsStream(leaveOpen: true), cancellation: either.Token);
            }
            catch (Exception exception)
            {
                failure = exception;
                throw;
            }
            finally
            {
                await pipe.Writer.CompleteAsync(failure);
            }
        }
    }
}
