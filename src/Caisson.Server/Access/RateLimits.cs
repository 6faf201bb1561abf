namespace Caisson.Server.Access;

/// <summary>Requests that one user, or where nobody is known one address, may make. Callers on the Unix socket have none.</summary>
internal sealed record RateLimits
{
    public int Api { get; init; } = 600;
    public int Login { get; init; } = 10;
    public int LoginHour { get; init; } = 60;
    public int Socket { get; init; } = 60;

    /// <summary>WebSockets open at a time, of all callers together, those on the Unix socket among them.</summary>
    public int OpenSockets { get; init; } = 10_000;
    public int Upload { get; init; } = 20;

    /// <summary>Looking for people.</summary>
    public int Lookup { get; init; } = 30;

    /// <summary>Bytes that are typed into terminals without a WebSocket. A key is a request there, and nobody who types fast is to be locked out of the rest.</summary>
    public int InputBytes { get; init; } = 4 << 20;
}
