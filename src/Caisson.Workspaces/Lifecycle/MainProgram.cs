using Caisson.Init.Protocol.Client;
using Caisson.Init.Protocol.Control;
using Caisson.Sandboxes;

namespace Caisson.Workspaces.Lifecycle;

/// <summary>The program that a sandbox was started for.</summary>
internal static class MainProgram
{
    /// <summary>Its exit, or null when the sandbox itself ended without one.</summary>
    internal static async Task<ProcessExit?> WaitAsync(ISandbox sandbox, uint process)
    {
        try
        {
            // From now on: this viewer wants the end only, and must never make the program wait.
            await using var attachment = await sandbox.Init.AttachAsync(
                new AttachRequest
                {
                    Process = process,
                    OutputFrom = -1,
                    ErrorsFrom = -1,
                }
            );
            await foreach (var frame in attachment.ReadFramesAsync())
            {
                if (frame is ProcessEnded ended)
                    return ended.Exit;
            }
            return null;
        }
        catch (InitException)
        {
            await sandbox.Exited;
            return null;
        }
    }

    /// <summary>What is still held of its output, for the transcript.</summary>
    internal static async Task<byte[]> OutputAsync(ISandbox sandbox, uint process)
    {
        using var output = new MemoryStream();
        await using var attachment = await sandbox.Init.AttachAsync(new AttachRequest { Process = process });
        await foreach (var frame in attachment.ReadFramesAsync())
        {
            if (frame is ProcessData data)
                output.Write(data.Bytes.Span);
        }
        return output.ToArray();
    }
}
