namespace Caisson.Gateway.Scanning.WebSockets;

/// <summary>Why what a program sends over a WebSocket can't be read.</summary>
/// <param name="Code">To close with (RFC 6455, 7.4.1).</param>
/// <param name="What">In words, after "it".</param>
internal sealed record WebSocketFault(int Code, string What)
{
    public const int ProtocolError = 1002;
    public const int PolicyViolation = 1008;
    public const int MessageTooBig = 1009;

    public static WebSocketFault TooLong { get; } = new(MessageTooBig, "is longer than 16 MiB");
    public static WebSocketFault NotDeflate { get; } = new(PolicyViolation, "is not what permessage-deflate makes");
    public static WebSocketFault EndsInside { get; } =
        new(PolicyViolation, "has a last block of deflate, after which nobody knows what follows");

    public static WebSocketFault Malformed(string what) => new(ProtocolError, what);
}
