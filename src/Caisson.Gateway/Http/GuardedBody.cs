namespace Caisson.Gateway.Http;

/// <summary>A request body held a placeholder that may not leave to this host.</summary>
internal sealed class PlaceholderInBodyException(string credential)
    : IOException($"The body holds the placeholder of credential {credential}.")
{
    public string Credential => credential;

    public static bool IsIn(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is PlaceholderInBodyException)
                return true;
        }
        return false;
    }
}

/// <summary>
/// Looks through a request's body while it streams. A placeholder for another host stops the request; one that is bound to this very host (an agent
/// that shows its model what it found in its environment) is overwritten with asterisks, so that none ever leaves. Only a tail that could be the
/// start of a placeholder is held back, so nothing else waits.
/// </summary>
internal sealed class GuardedBody(Stream inner, IReadOnlyList<GuardedPlaceholder> placeholders) : ReadOnlyBody
{
    private byte[] pending = [];
    private bool ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            if (ended)
                return Take(buffer, pending.Length);
            // Room for what was held back before and at least one byte more; a tiny buffer is the caller's own choice and works all the same.
            var chunk = new byte[Math.Max(pending.Length + 1, buffer.Length)];
            pending.CopyTo(chunk, 0);
            var read = await inner.ReadAsync(chunk.AsMemory(pending.Length), cancellationToken);
            ended = read == 0;
            pending = chunk[..(pending.Length + read)];
            Check(pending);
            var free = ended ? pending.Length : pending.Length - HeldBack(pending);
            if (free > 0)
                return Take(buffer, free);
        }
    }

    private int Take(Memory<byte> buffer, int free)
    {
        var count = Math.Min(free, buffer.Length);
        pending.AsSpan(0, count).CopyTo(buffer.Span);
        pending = pending[count..];
        return count;
    }

    private void Check(Span<byte> bytes)
    {
        foreach (var placeholder in placeholders)
        {
            for (var rest = bytes; rest.IndexOf(placeholder.Bytes) is >= 0 and var at; rest = rest[(at + placeholder.Bytes.Length)..])
            {
                if (!placeholder.IsBoundHere)
                    throw new PlaceholderInBodyException(placeholder.Credential);
                rest.Slice(at, placeholder.Bytes.Length).Fill((byte)'*');
            }
        }
    }

    /// <summary>Length of the longest tail that a placeholder starts with.</summary>
    private int HeldBack(ReadOnlySpan<byte> bytes)
    {
        var longest = 0;
        foreach (var placeholder in placeholders)
        {
            var start = placeholder.Bytes.AsSpan();
            for (var length = Math.Min(start.Length - 1, bytes.Length); length > longest; length--)
            {
                if (bytes[^length..].SequenceEqual(start[..length]))
                    longest = length;
            }
        }
        return longest;
    }
}

/// <param name="Credential">Its name.</param>
/// <param name="Bytes">The placeholder.</param>
/// <param name="IsBoundHere">Whether one of its binds covers the request's host.</param>
internal sealed record GuardedPlaceholder(string Credential, byte[] Bytes, bool IsBoundHere);
