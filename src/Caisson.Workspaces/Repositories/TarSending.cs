using System.Formats.Tar;
using System.IO.Pipelines;
using Caisson.Init.Protocol.Client;

namespace Caisson.Workspaces.Repositories;

internal static class TarSending
{
    /// <summary>Writes an archive straight into the sandbox, without holding it in memory or on disk.</summary>
    internal static async Task SendAsync(
        this InitClient init,
        string root,
        Func<TarWriter, CancellationToken, Task> write,
        CancellationToken cancellation
    )
    {
        var pipe = new Pipe();
        var sending = CopyAsync();
        Exception? failure = null;
        try
        {
            await using var tar = new TarWriter(pipe.Writer.AsStream(leaveOpen: true), TarEntryFormat.Pax);
            await write(tar, cancellation);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            // With the failure the reader fails too, instead of taking half an archive for a whole one.
            await pipe.Writer.CompleteAsync(failure);
            if (failure is null)
                await sending;
            else
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A writer whose reader has given up, as on a full disk, would wait for ever.
        async Task CopyAsync()
        {
            try
            {
                await init.CopyInAsync(pipe.Reader.AsStream(leaveOpen: true), root, cancellation);
                await pipe.Reader.CompleteAsync();
            }
            catch (Exception exception)
            {
                await pipe.Reader.CompleteAsync(exception);
                throw;
            }
        }
    }
}
