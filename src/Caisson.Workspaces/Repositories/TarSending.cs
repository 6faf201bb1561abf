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
        var sending = init.CopyInAsync(pipe.Reader.AsStream(), root, cancellation);
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
                await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
