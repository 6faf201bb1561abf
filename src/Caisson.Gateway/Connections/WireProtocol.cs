namespace Caisson.Gateway.Connections;

/// <summary>What the first bytes of a connection are.</summary>
internal enum WireProtocol
{
    /// <summary>More bytes are needed.</summary>
    Undecided,
    Tls,
    Http1,
    Http2,
    Ssh,
    Socks,

    /// <summary>None of the above: on a route that isn't opaque it is refused.</summary>
    Other,
}
