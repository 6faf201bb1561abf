using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

public sealed partial class InitClient
{
    private const int CopyPiece = 64 * 1024;

    /// <summary>
    /// Unpacks a tar stream beneath <paramref name="root"/>. Entries with absolute paths, <c>..</c>, device nodes, pipes, setuid bits or a
    /// way over a symbolic link out of the root are refused by name (<c>archive_refused</c>); entries before the refused one stay.
    /// </summary>
    public async Task<CopySummary> CopyInAsync(Stream tar, string root, CancellationToken cancellation = default)
    {
        await using var stream = await OpenAsync(cancellation);
        await stream.SendAsync(FrameType.CopyIn, new CopyRequest { Root = root }, InitJson.Default.CopyRequest, cancellation);
        var answer = stream.ReadReplyAsync(InitJson.Default.CopySummary, cancellation);
        var buffer = new byte[CopyPiece];
        try
        {
            int read;
            while (!answer.IsCompleted && (read = await tar.ReadAsync(buffer, cancellation)) > 0)
            {
                await stream.SendBytesAsync(FrameType.CopyData, default, buffer.AsMemory(0, read), cancellation);
            }

            await stream.SendBytesAsync(FrameType.CopyEnd, default, default, cancellation);
        }
        catch (InitException)
        {
            // The connection broke while we sent; what PID 1 said before, or that it said nothing, is the better answer.
        }

        return await answer;
    }

    /// <summary>Packs what is beneath <paramref name="root"/>, or only <paramref name="paths"/> below it, as a tar stream. Links are packed as links.</summary>
    public async Task<CopySummary> CopyOutAsync(
        string root,
        Stream target,
        IReadOnlyList<string>? paths = null,
        CancellationToken cancellation = default
    )
    {
        await using var stream = await OpenAsync(cancellation);
        var request = new CopyRequest { Root = root, Paths = paths ?? [] };
        await stream.SendAsync(FrameType.CopyOut, request, InitJson.Default.CopyRequest, cancellation);
        while (true)
        {
            var (type, payload) = await stream.ReadAsync(cancellation);
            switch (type)
            {
                case FrameType.CopyData:
                    await target.WriteAsync(payload, cancellation);
                    break;
                case FrameType.Reply:
                    return ControlStream.Parse(payload, InitJson.Default.CopySummary);
                default:
                    throw ControlStream.Unexpected(type, payload);
            }
        }
    }
}
