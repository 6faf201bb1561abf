using Caisson.Gateway.Http;
using Caisson.Gateway.Refusals;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Scanning;

/// <summary>Reads a request's body into memory, and opens its encodings there, within limits.</summary>
internal static class WholeBody
{
    private const int Piece = 64 * 1024;

    /// <summary>Reads up to a limit. The memory counts for the sandbox until the request is over.</summary>
    /// <param name="most">In bytes.</param>
    /// <param name="idle">How long the program may say nothing.</param>
    public static async Task<(byte[] Bytes, bool IsWhole, Decision? Refusal)> ReadAsync(ExitRequest request, int most, TimeSpan idle)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.Context.RequestAborted);
        var bytes = new MemoryStream();
        var piece = new byte[Math.Min(Piece, (int)Math.Min(most, request.Context.Request.ContentLength ?? Piece) + 1)];
        try
        {
            while (true)
            {
                limit.CancelAfter(idle);
                var read = await request.Context.Request.Body.ReadAsync(piece, limit.Token);
                if (read == 0)
                    return (bytes.ToArray(), true, null);
                bytes.Write(piece, 0, read);
                if (bytes.Length > most || !request.TryHold(read))
                    return (bytes.ToArray(), false, null);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return ([], false, Decisions.BadRequest("its body broke off, is malformed, or stopped coming"));
        }
    }

    /// <summary>Opens what <c>Content-Encoding</c> names.</summary>
    /// <param name="most">More than that is no fault, but not opened here.</param>
    /// <returns>Null as text where it is more, or where it is refused.</returns>
    public static async Task<(byte[]? Text, Decision? Refusal)> DecodeAsync(
        ExitRequest request,
        byte[] raw,
        IReadOnlyList<ContentCoding> codings,
        int most
    )
    {
        if (codings.Count == 0)
            return (raw, null);
        var recorded = new RecordedStream(new MemoryStream(raw));
        Stream decoded = recorded;
        foreach (var coding in codings.Reverse())
            decoded = ContentCodings.Decode(coding, decoded);
        var text = new MemoryStream();
        var piece = new byte[Piece];
        try
        {
            await using (decoded)
            {
                while (await decoded.ReadAsync(piece, request.Context.RequestAborted) is > 0 and var read)
                {
                    text.Write(piece, 0, read);
                    if (text.Length > ContentCodings.MostOpened(raw.Length))
                        return (null, ScanRefusal.Bomb());
                    if (text.Length > most || !request.TryHold(read))
                        return (null, null);
                }
                if (await recorded.HasMoreAsync(request.Context.RequestAborted))
                    return (null, ScanRefusal.Undecodable("something follows the end of what is compressed"));
            }
        }
        catch (Exception e) when (ContentCodings.IsFault(e))
        {
            return (null, ScanRefusal.Undecodable("it is not what its Content-Encoding says"));
        }
        return (text.ToArray(), null);
    }
}
