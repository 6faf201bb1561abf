using System.Net;
using System.Text;
using Caisson.Init.Protocol.Exit;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Init.Tests.Exit;

public sealed class ExitHeaderTests
{
    private static readonly ExitHeader s_full = new()
    {
        Source = IPEndPoint.Parse("198.18.0.7:40000"),
        Destination = IPEndPoint.Parse("198.18.0.7:443"),
        Authority = "api.example",
        Pid = 77,
        Executable = "/usr/bin/curl",
        ExecutableSha256 = new string('7', 64),
    };

    [Fact]
    public void Writes_WhatProxyProtocolVersion2Prescribes()
    {
        var bytes = Write(s_full with { Pid = 0, Executable = null, ExecutableSha256 = null });

        Convert
            .ToHexString(bytes)
            .ShouldBe(
                "0D0A0D0A000D0A515549540A"
                    + "21"
                    + "11"
                    + "001A"
                    + "C6120007"
                    + "C6120007"
                    + "9C40"
                    + "01BB"
                    + "02000B"
                    + "6170692E6578616D706C65"
            );
    }

    [Fact]
    public void Reads_WhatItWrote() =>
        Prop.ForAll<(bool V6, ushort From, ushort To), (byte[] Address, NonNull<string> Name, int Pid)>(
                (ends, what) =>
                {
                    var header = new ExitHeader
                    {
                        Source = new IPEndPoint(Address(what.Address, 1, ends.V6), ends.From),
                        Destination = new IPEndPoint(Address(what.Address, 2, ends.V6), ends.To),
                        Authority = Name(what.Name.Get),
                        Pid = what.Pid,
                        Executable = what.Pid == 0 ? null : "/" + Name(what.Name.Get),
                    };
                    byte[] bytes = [.. Write(header), 1, 2, 3];
                    return ExitHeader.TryRead(bytes, out var read, out var consumed) == ExitHeaderResult.Complete
                        && read == header
                        && consumed == bytes.Length - 3;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Waits_UntilTheWholeHeaderIsThere()
    {
        var bytes = Write(s_full);
        for (var length = 0; length < bytes.Length; length++)
        {
            ExitHeader.TryRead(bytes.AsSpan(0, length), out _, out _).ShouldBe(ExitHeaderResult.Incomplete, $"{length} bytes");
        }
    }

    [Fact]
    public void Refuses_AnotherProtocolAtItsFirstByte() => Read("GET / HTTP/1.1\r\n"u8.ToArray()).ShouldBe(ExitHeaderResult.Malformed);

    [Theory]
    [InlineData(12, 0x20)] // the LOCAL command
    [InlineData(12, 0x11)] // version 1
    [InlineData(13, 0x12)] // UDP
    [InlineData(13, 0x31)] // Unix
    [InlineData(14, 0xFF)] // longer than allowed
    [InlineData(15, 0x04)] // shorter than its addresses
    [InlineData(29, 0xFF)] // a value that runs past the end
    public void Refuses_WhatIsNotOurs(int at, byte value)
    {
        var bytes = Write(s_full);
        bytes[at] = value;

        Read(bytes).ShouldBe(ExitHeaderResult.Malformed);
    }

    [Fact]
    public void Never_Throws_OnDamagedHeaders() =>
        Prop.ForAll<byte, byte, byte>(
                (at, value, cut) =>
                {
                    var bytes = Write(s_full);
                    bytes[at % bytes.Length] = value;
                    _ = Read(bytes[..^(cut % bytes.Length)]);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Tells_TheQuestionForLifeFromAConnection()
    {
        var question = new byte[ExitHeader.LivenessLength];
        ExitHeader.WriteLiveness(question);

        Convert.ToHexString(question).ShouldBe("0D0A0D0A000D0A515549540A" + "20000000");
        ExitHeader.IsLiveness(question).ShouldBeTrue();
        ExitHeader.IsLiveness(question.AsSpan(0, 15)).ShouldBeFalse();
        ExitHeader.IsLiveness(Write(s_full)).ShouldBeFalse();
        Read(question).ShouldBe(ExitHeaderResult.Malformed);
    }

    [Fact]
    public void Ignores_ValuesItDoesNotKnow()
    {
        byte[] bytes = [.. Write(s_full), 0xEE, 0, 2, 9, 9];
        bytes[15] += 5;

        ExitHeader.TryRead(bytes, out var header, out _).ShouldBe(ExitHeaderResult.Complete);
        header.ShouldBe(s_full);
    }

    private static ExitHeaderResult Read(byte[] bytes) => ExitHeader.TryRead(bytes, out _, out _);

    private static byte[] Write(ExitHeader header)
    {
        var buffer = new byte[ExitHeader.MaximumLength];
        return buffer[..header.Write(buffer)];
    }

    private static IPAddress Address(byte[] seed, byte last, bool v6)
    {
        var bytes = new byte[v6 ? 16 : 4];
        seed.AsSpan(0, Math.Min(seed.Length, bytes.Length)).CopyTo(bytes);
        bytes[^1] = last;
        return new IPAddress(bytes);
    }

    private static string Name(string text)
    {
        var name = "n" + string.Concat(text.Where(letter => !char.IsSurrogate(letter)));
        while (Encoding.UTF8.GetByteCount(name) > 255)
        {
            name = name[..^1];
        }

        return name;
    }
}
