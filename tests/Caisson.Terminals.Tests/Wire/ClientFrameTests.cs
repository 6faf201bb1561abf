using Caisson.Terminals.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Terminals.Tests.Wire;

public sealed class ClientFrameTests
{
    [Fact]
    public void Any_BytesAreAFrameOrAreNot_AndNothingThrows() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                var known = ClientFrame.TryRead(bytes, out var frame);
                return !known
                    || (bytes.Length > 0 && (byte)frame.Opcode == bytes[0] && frame.Number >= 0 && frame.Bytes.Length < bytes.Length);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Every_OpcodeWithAnyBodyIsReadOrRefused() =>
        Prop.ForAll<byte, byte[]>(
                (opcode, body) =>
                {
                    byte[] bytes = [(byte)(0x81 + opcode % 6), .. body];
                    var known = ClientFrame.TryRead(bytes, out _);
                    return known == Fits(bytes);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Reads_EachFrameOfTheDocumentedBytes()
    {
        ClientFrame.TryRead([0x82, 0, 0, 0, 0, 0, 0, 1, 2, (byte)'h', (byte)'i'], out var input).ShouldBeTrue();
        (input.Opcode, input.Number, input.Bytes.SequenceEqual("hi"u8)).ShouldBe((Opcode.Input, 258, true));
        ClientFrame.TryRead([0x83, 0, 0, 0, 0, 0, 0, 0, 7], out var ack).ShouldBeTrue();
        (ack.Opcode, ack.Number).ShouldBe((Opcode.Ack, 7));
        ClientFrame.TryRead([0x84, 0x01, 0x02, 0, 3], out var resize).ShouldBeTrue();
        (resize.Columns, resize.Rows).ShouldBe((258, 3));
        ClientFrame.TryRead([0x86], out var take).ShouldBeTrue();
        take.Opcode.ShouldBe(Opcode.Take);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x02, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x84, 0, 80, 0 })]
    [InlineData(new byte[] { 0x86, 0 })]
    public void Refuses_WhatTheProtocolDoesNotHave(byte[] bytes) => ClientFrame.TryRead(bytes, out _).ShouldBeFalse();

    [Fact]
    public void Keys_AreReadBack_AndTheServersOwnIsNobodys()
    {
        var key = ViewerKey.Create();

        ViewerKey.TryParse(ViewerKey.Format(key), out var read).ShouldBeTrue();
        read.ShouldBe(key);
        ViewerKey.TryParse(new string('0', 32), out _).ShouldBeFalse();
        ViewerKey.TryParse(new string('g', 32), out _).ShouldBeFalse();
        ViewerKey.TryParse(null, out _).ShouldBeFalse();
    }

    private static bool Fits(byte[] bytes) =>
        (Opcode)bytes[0] switch
        {
            Opcode.Attach => true,
            Opcode.Input => bytes.Length >= 9 && IsNumber(bytes),
            Opcode.Ack => bytes.Length == 9 && IsNumber(bytes),
            Opcode.Resize => bytes.Length == 5,
            Opcode.Ping => bytes.Length == 9,
            Opcode.Take => bytes.Length == 1,
            _ => false,
        };

    private static bool IsNumber(byte[] bytes) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1)) <= long.MaxValue - ClientFrame.Longest;
}
