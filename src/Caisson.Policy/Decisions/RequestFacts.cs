namespace Caisson.Policy.Decisions;

/// <summary>The application protocol that a request was classified as from its bytes, never from its port.</summary>
public enum RequestProtocol
{
    Http,
    WebSocket,
    Grpc,
    Tcp,
    Ssh,
}

/// <summary>
/// All that a decision may depend on. Pure data, made by the gateway from parsed bytes, by <c>policy test</c> from a fixture and by replay
/// from a record, so that the three can't disagree.
/// </summary>
public sealed record RequestFacts
{
    public required RequestProtocol Protocol { get; init; }

    /// <summary>Canonical: lower case, no trailing dot, no port; an address literal in canonical form without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65535: the port the client wanted.</summary>
    public required int Port { get; init; }

    /// <summary>Whether the client went to an address literal without asking for a name.</summary>
    public bool IsLiteral { get; init; }

    public bool Tls { get; init; }

    /// <summary>Upper case as sent. Empty for protocols without methods.</summary>
    public string Method { get; init; } = "";

    /// <summary>The path as sent, without query: not yet normalised. Empty for protocols without paths.</summary>
    public string Path { get; init; } = "";

    /// <summary>The query as sent, with its leading <c>?</c>, or empty.</summary>
    public string Query { get; init; } = "";

    /// <summary>All header lines in order, repeated names included.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
