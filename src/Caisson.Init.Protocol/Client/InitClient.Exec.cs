using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

public sealed partial class InitClient
{
    /// <summary>
    /// Runs a command to its end and collects its output. When the caller gives up (<paramref name="cancellation"/>), the command and all it
    /// started are killed.
    /// </summary>
    public async Task<ExecResult> ExecAsync(ExecRequest request, CancellationToken cancellation = default)
    {
        try
        {
            return await ExecOnceAsync(request, cancellation);
        }
        catch (InitException e) when (request.Idempotent && e.IsTransport)
        {
            return await ExecOnceAsync(request, cancellation);
        }
    }

    private async Task<ExecResult> ExecOnceAsync(ExecRequest request, CancellationToken cancellation)
    {
        await using var attachment = await StartAttachedAsync(
            new StartRequest
            {
                Arguments = request.Arguments,
                Environment = request.Environment,
                WorkingDirectory = request.WorkingDirectory,
                User = request.User,
                Input = !request.Input.IsEmpty,
                TimeoutMilliseconds = request.Timeout is { } limit ? Math.Max(1, (int)limit.TotalMilliseconds) : 0,
                Label = request.Label,
            },
            cancellation
        );
        try
        {
            // Both ways at once: a command that answers while it still reads would otherwise wait for us for ever.
            var sending = SendInputAsync(attachment, request.Input, cancellation);
            var result = await CollectAsync(attachment, request.MaximumOutputBytes, cancellation);
            await sending;
            return result;
        }
        catch (OperationCanceledException)
        {
            await KillAsync(attachment.Process);
            throw;
        }
    }

    private static async Task SendInputAsync(ProcessAttachment attachment, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        if (input.IsEmpty)
        {
            return;
        }

        try
        {
            await attachment.InputAsync(input, cancellation);
            await attachment.EndInputAsync(cancellation);
        }
        catch (InitException e) when (e.Code == "disconnected")
        {
            // The reader of the same connection reports this, with what it had seen until then.
        }
    }

    private static async Task<ExecResult> CollectAsync(ProcessAttachment attachment, int limit, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var truncated = false;
        await foreach (var frame in attachment.ReadFramesAsync(cancellation))
        {
            switch (frame)
            {
                case ProcessData data:
                    var target = data.Stream == OutputStream.Errors ? errors : output;
                    var room = (int)Math.Min(data.Bytes.Length, limit - target.Length);
                    target.Write(data.Bytes.Span[..room]);
                    truncated |= room < data.Bytes.Length;
                    break;
                case ProcessEnded { Exit: var exit }:
                    return new ExecResult(
                        exit.Code,
                        output.GetBuffer().AsMemory(0, (int)output.Length),
                        errors.GetBuffer().AsMemory(0, (int)errors.Length),
                        TimeSpan.FromMilliseconds(exit.DurationMilliseconds),
                        exit.TimedOut,
                        truncated
                    );
            }
        }

        throw new InitException("protocol", "The sandbox ended a process's output without its exit status.");
    }

    private async Task KillAsync(uint process)
    {
        try
        {
            await SignalAsync(process, 9, SignalTarget.Tree, CancellationToken.None);
        }
        catch (InitException)
        {
            // Already ended, or the whole sandbox is gone: nothing is left to kill.
        }
    }
}
