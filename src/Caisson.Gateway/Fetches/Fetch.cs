using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Caisson.Gateway.Fetches;

/// <summary>
/// One answer from outside, written to a file without a name while any number of requests read it. Nobody can open that file: it is gone from its
/// folder before its first byte is written, and from the disk with its last reader.
/// </summary>
/// <param name="begun">When it was asked for.</param>
internal sealed class Fetch(string key, DateTimeOffset begun) : IDisposable
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<FetchHead> head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource unread = new();
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SafeFileHandle? file;
    private bool hasEnded;
    private Exception? fault;

    internal string Key => key;

    internal DateTimeOffset Begun { get; } = begun;

    /// <summary>Status and headers; faults where there is no answer.</summary>
    internal Task<FetchHead> Head => head.Task;

    /// <summary>Cancelled when nobody reads it any more.</summary>
    internal CancellationToken Unread => unread.Token;

    /// <summary>Kept by <see cref="SharedFetches"/>, under its lock.</summary>
    internal int Readers { get; set; }

    /// <summary>Kept by <see cref="SharedFetches"/>, under its lock.</summary>
    internal DateTimeOffset LastRead { get; set; } = begun;

    /// <summary>Kept by <see cref="SharedFetches"/>, under its lock: whether it goes on.</summary>
    internal bool IsRunning { get; set; }

    /// <summary>Kept by <see cref="SharedFetches"/>, under its lock: bytes.</summary>
    internal long Reserved { get; set; }

    internal long Length { get; private set; }

    /// <summary>Whether all of it is there.</summary>
    internal bool IsWhole
    {
        get
        {
            lock (gate)
                return hasEnded && fault is null;
        }
    }

    internal bool HasFailed
    {
        get
        {
            lock (gate)
                return fault is not null;
        }
    }

    internal void Begin(string folder, FetchHead answered)
    {
        try
        {
            var path = Path.Combine(folder, Path.GetRandomFileName());
            file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchNotKeptException($"no file can be made in {folder} ({e.Message})", e);
        }
        head.SetResult(answered);
    }

    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(file!, bytes, Length, cancellation);
        }
        catch (IOException e)
        {
            throw new FetchNotKeptException($"it can't be written ({e.Message})", e);
        }
        lock (gate)
        {
            Length += bytes.Length;
            Wake();
        }
    }

    /// <param name="why">Null: it came to its end.</param>
    internal void End(Exception? why)
    {
        lock (gate)
        {
            hasEnded = true;
            fault = why;
            Wake();
        }
        if (why is not null && head.TrySetException(why))
            _ = head.Task.Exception;
    }

    internal void GiveUp() => _ = unread.CancelAsync();

    /// <returns>0 at the end.</returns>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellation)
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if (fault is not null)
                    throw new IOException("The answer from outside broke off.", fault);
                if (offset < Length)
                    waiting = Task.CompletedTask;
                else if (hasEnded)
                    return 0;
                else
                    waiting = more.Task;
            }
            if (waiting.IsCompleted)
                return await RandomAccess.ReadAsync(file!, buffer, offset, cancellation);
            await waiting.WaitAsync(cancellation);
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        unread.Dispose();
    }

    private void Wake()
    {
        more.SetResult();
        more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>How an answer begins.</summary>
internal sealed record FetchHead(
    HttpStatusCode Status,
    Version Version,
    IReadOnlyList<(string Name, string Value)> Headers,
    IReadOnlyList<(string Name, string Value)> ContentHeaders
)
{
    /// <summary>A cookie is one client's.</summary>
    private const string NotForOthers = "Set-Cookie";

    internal static FetchHead Of(HttpResponseMessage answer) =>
        new(answer.StatusCode, answer.Version, Lines(answer.Headers.NonValidated), Lines(answer.Content.Headers.NonValidated));

    private static List<(string, string)> Lines(System.Net.Http.Headers.HttpHeadersNonValidated headers) =>
        [
            .. headers
                .Where(header => !header.Key.Equals(NotForOthers, StringComparison.OrdinalIgnoreCase))
                .SelectMany(header => header.Value.Select(value => (header.Key, value))),
        ];
}
