using System.Net.Security;
using Caisson.Gateway.Connections;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Gateway.Tests.Connections;

public sealed class ClientHelloTests
{
    [Fact]
    public async Task Reads_TheServerName_OfARealHello()
    {
        var status = ClientHello.Parse(await HelloAsync("api.example.com"), out var hello);

        status.ShouldBe(HelloStatus.Complete);
        hello.ServerName.ShouldBe("api.example.com");
        hello.IsEncrypted.ShouldBeFalse();
    }

    [Fact]
    public async Task Wants_More_OfEveryPrefix()
    {
        var bytes = await HelloAsync("api.example.com");
        for (var length = 0; length < bytes.Length; length++)
            ClientHello.Parse(bytes.AsSpan(0, length), out _).ShouldBe(HelloStatus.Incomplete);
    }

    [Fact]
    public async Task Reads_AHello_InSeveralRecords()
    {
        var bytes = await HelloAsync("api.example.com");
        var split = new List<byte>();
        foreach (var part in bytes[5..].Chunk(40))
            split.AddRange([0x16, 3, 1, 0, (byte)part.Length, .. part]);

        ClientHello.Parse([.. split], out var hello).ShouldBe(HelloStatus.Complete);
        hello.ServerName.ShouldBe("api.example.com");
    }

    [Fact]
    public void Sees_AnEncryptedClientHello()
    {
        ClientHello.Parse(Build([0xfe, 0x0d, 0, 1, 0]), out var hello).ShouldBe(HelloStatus.Complete);

        hello.IsEncrypted.ShouldBeTrue();
        hello.ServerName.ShouldBeNull();
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 6, 0, 4, 0, 0, 1, 65, 0, 0, 0, 6, 0, 4, 0, 0, 1, 66 })] // two server names
    [InlineData(new byte[] { 0, 0, 0, 5, 0, 3, 0, 0, 0 })] // an empty one
    [InlineData(new byte[] { 0, 0, 0, 6, 0, 4, 1, 0, 1, 65 })] // of another type
    [InlineData(new byte[] { 0, 0, 0, 6, 0, 4, 0, 0, 1, 0xc3 })] // not ASCII
    [InlineData(new byte[] { 0, 0, 0, 9, 0, 4, 0, 0, 1, 65 })] // longer than the rest
    public void Refuses_MalformedServerNames(byte[] extensions) =>
        ClientHello.Parse(Build(extensions), out _).ShouldBe(HelloStatus.Malformed);

    [Fact]
    public async Task Never_Throws_WhateverIsChanged()
    {
        var bytes = await HelloAsync("api.example.com");
        var changes = ArbMap.Default.ArbFor<(int At, byte Value, int Cut)[]>();
        Prop.ForAll(
                changes,
                all =>
                {
                    var copy = (byte[])bytes.Clone();
                    var length = copy.Length;
                    foreach (var (at, value, cut) in all)
                    {
                        copy[(int)((uint)at % copy.Length)] = value;
                        length = Math.Min(length, copy.Length - (int)((uint)cut % 8));
                    }
                    var status = ClientHello.Parse(copy.AsSpan(0, length), out var hello);
                    return Enum.IsDefined(status) && (hello.ServerName is null || hello.ServerName.Length <= 255);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Classifies_AnyBytes_WithoutThrowing_AndForGood() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    // Once it is decided, more bytes do not change it.
                    var whole = FirstBytes.Classify(bytes);
                    for (var length = 1; length < bytes.Length; length++)
                    {
                        if (FirstBytes.Classify(bytes.AsSpan(0, length)) is var early && early != WireProtocol.Undecided)
                            return early == whole;
                    }
                    return true;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "Http1")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Http2")]
    [InlineData("PRI * HTTP/2.0\r\n", "Undecided")]
    [InlineData("PRI", "Undecided")]
    [InlineData("PROPFIND /", "Http1")]
    [InlineData("SSH-2.0-", "Ssh")]
    [InlineData("SS", "Undecided")]
    [InlineData("SEARCH /", "Http1")]
    [InlineData("\x05", "Socks")]
    [InlineData("\x16\x03\x01\x01\x00\x01", "Tls")]
    [InlineData("\x16\x03\x01\x01\x00\x02", "Other")]
    [InlineData(" GET", "Other")]
    public void Tells_Protocols(string bytes, string protocol) =>
        FirstBytes.Classify(System.Text.Encoding.Latin1.GetBytes(bytes)).ToString().ShouldBe(protocol);

    private static byte[] Build(byte[] extensions)
    {
        byte[] body =
        [
            3,
            3,
            .. new byte[32],
            0,
            0,
            2,
            0x13,
            1,
            1,
            0,
            (byte)(extensions.Length >> 8),
            (byte)extensions.Length,
            .. extensions,
        ];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return [0x16, 3, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    private static async Task<byte[]> HelloAsync(string name)
    {
        var capture = new CaptureStream();
        await using var tls = new SslStream(capture);
        await Should.ThrowAsync<IOException>(() => tls.AuthenticateAsClientAsync(name));
        return capture.ToArray();
    }

    private sealed class CaptureStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }
}
