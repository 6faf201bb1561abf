using System.Buffers;

namespace Caisson.Gateway.Connections;

/// <summary>Tells the protocol of a connection from its first bytes, never from its port.</summary>
internal static class FirstBytes
{
    /// <summary>RFC 9113, 3.4.</summary>
    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    // A method longer than that is of no protocol that anybody uses; CONNECT and the WebDAV methods fit.
    private const int LongestMethod = 20;

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    public static WireProtocol Classify(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return WireProtocol.Undecided;
        return bytes[0] switch
        {
            0x16 => Tls(bytes),
            0x04 or 0x05 => WireProtocol.Socks,
            (byte)'P' when StartsLike(bytes, Http2Preface) => bytes.Length < Http2Preface.Length
                ? WireProtocol.Undecided
                : WireProtocol.Http2,
            (byte)'S' when StartsLike(bytes, "SSH-"u8) => bytes.Length < 4 ? WireProtocol.Undecided : WireProtocol.Ssh,
            _ => Http1(bytes),
        };
    }

    private static WireProtocol Tls(ReadOnlySpan<byte> bytes) =>
        bytes.Length switch
        {
            1 => WireProtocol.Undecided,
            _ when bytes[1] != 3 => WireProtocol.Other,
            < 6 => WireProtocol.Undecided,
            _ => bytes[5] == ClientHello.HandshakeType ? WireProtocol.Tls : WireProtocol.Other,
        };

    private static WireProtocol Http1(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExcept(TokenBytes);
        if (end < 0)
            return bytes.Length <= LongestMethod ? WireProtocol.Undecided : WireProtocol.Other;
        return end is > 0 and <= LongestMethod && bytes[end] == (byte)' ' ? WireProtocol.Http1 : WireProtocol.Other;
    }

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) =>
        bytes.Length < start.Length ? start.StartsWith(bytes) : bytes.StartsWith(start);
}
