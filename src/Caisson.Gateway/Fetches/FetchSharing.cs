namespace Caisson.Gateway.Fetches;

/// <summary>
/// While one is open for a sandbox, what git reads from there may come from a fetch that another sandbox's identical request began. Made by
/// <see cref="SandboxExit.ShareFetches"/>.
/// </summary>
public sealed class FetchSharing : IDisposable
{
    private readonly Action<FetchSharing> ended;
    private int fetched;
    private int joined;

    internal FetchSharing(DateTimeOffset asked, Action<FetchSharing> ended)
    {
        Asked = asked;
        this.ended = ended;
    }

    /// <summary>No answer is older than this: what began before may lack what was there when somebody asked.</summary>
    public DateTimeOffset Asked { get; }

    /// <summary>Answers that were fetched from outside for this sandbox.</summary>
    public int Fetched => Volatile.Read(ref fetched);

    /// <summary>Answers of fetches that another sandbox had begun.</summary>
    public int Joined => Volatile.Read(ref joined);

    internal void Count(bool isJoined) => Interlocked.Increment(ref isJoined ? ref joined : ref fetched);

    public void Dispose() => ended(this);
}
