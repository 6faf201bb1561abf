namespace Caisson.Init.Probe;

/// <summary>The first message of a TLS 1.2 handshake (RFC 5246, section 7.4.1.2), without a server name: what a client sends to an address.</summary>
internal static class ClientHello
{
    private static ReadOnlySpan<byte> Suites => [0xC0, 0x2B, 0xC0, 0x2F, 0xC0, 0x2C, 0xC0, 0x30, 0xCC, 0xA9, 0xCC, 0xA8];

    private static ReadOnlySpan<byte> Extensions =>
        [
            0x00,
            0x0A,
            0x00,
            0x06,
            0x00,
            0x04,
            0x00,
            0x1D,
            0x00,
            0x17, // groups: x25519, secp256r1
            0x00,
            0x0B,
            0x00,
            0x02,
            0x01,
            0x00, // points: uncompressed
            0x00,
            0x0D,
            0x00,
            0x0E,
            0x00,
            0x0C,
            0x04,
            0x03,
            0x08,
            0x04,
            0x04,
            0x01,
            0x05,
            0x03,
            0x08,
            0x05,
            0x05,
            0x01, // signatures
        ];

    internal static byte[] Build()
    {
        using var body = new MemoryStream();
        body.Write([3, 3]);
        Span<byte> random = stackalloc byte[32];
        random.Fill(0xCA); // no handshake is ever completed with it
        body.Write(random);
        body.WriteByte(0);
        body.Write([0, (byte)Suites.Length]);
        body.Write(Suites);
        body.Write([1, 0, 0, (byte)Extensions.Length]);
        body.Write(Extensions);
        var length = (int)body.Length;
        return [0x16, 3, 1, (byte)((length + 4) >> 8), (byte)(length + 4), 1, 0, (byte)(length >> 8), (byte)length, .. body.ToArray()];
    }
}
