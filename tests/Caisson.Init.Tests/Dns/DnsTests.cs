using System.Buffers.Binary;
using System.Text;
using Caisson.Init.Dns;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Init.Tests.Dns;

public sealed class DnsTests
{
    private readonly NamePool _pool = new("198.18.0.0/15", "fd00:caa5:0:1::/64", 100);
    private readonly Resolver _resolver;

    public DnsTests() => _resolver = new Resolver(_pool, hasV6: true);

    [Fact]
    public void Answers_EveryName_WithItsOwnAddress()
    {
        var first = Ask(Query("one.example", DnsTypes.A));
        var second = Ask(Query("two.example", DnsTypes.A));

        AddressOf(first, 4).ShouldBe([198, 18, 0, 1]);
        AddressOf(second, 4).ShouldBe([198, 18, 0, 2]);
        AddressOf(Ask(Query("ONE.Example", DnsTypes.A)), 4).ShouldBe([198, 18, 0, 1]);
        AddressOf(Ask(Query("one.example", DnsTypes.Aaaa)), 16).ShouldBe([0xfd, 0, 0xca, 0xa5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        _pool.Find([198, 18, 0, 2]).ShouldBe("two.example");
    }

    [Fact]
    public void Repeats_TheQuestionAsItWasAsked()
    {
        var query = Query("mIxEd.ExAmPlE", DnsTypes.A);

        var answer = Ask(query);

        answer.AsSpan(0, 2).SequenceEqual(query.AsSpan(0, 2)).ShouldBeTrue();
        answer.AsSpan(12, query.Length - 12).SequenceEqual(query.AsSpan(12)).ShouldBeTrue();
        (answer[2] & 0x80).ShouldBe(0x80);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("deep.LOCALHOST")]
    public void Keeps_LocalhostLocal(string name)
    {
        AddressOf(Ask(Query(name, DnsTypes.A)), 4).ShouldBe([127, 0, 0, 1]);
        AddressOf(Ask(Query(name, DnsTypes.Aaaa)), 16)[15].ShouldBe((byte)1);
        _pool.Count.ShouldBe(0);
    }

    [Fact]
    public void Gives_NoV6Address_WhereTheKernelHasNone()
    {
        var answer = Answer(new Resolver(_pool, hasV6: false), Query("a.example", DnsTypes.Aaaa));

        Answers(answer).ShouldBe(0);
        Code(answer).ShouldBe(0);
    }

    [Theory]
    [InlineData(15)] // MX
    [InlineData(16)] // TXT
    [InlineData(65)] // HTTPS
    [InlineData(2)] // NS
    public void Says_NoData_WithAReason_ForOtherTypes(ushort type)
    {
        var answer = Ask(Query("a.example", type, edns: true));

        Code(answer).ShouldBe(0);
        Answers(answer).ShouldBe(0);
        var option = answer.AsSpan(answer.Length - OptionLength(answer));
        BinaryPrimitives.ReadUInt16BigEndian(option).ShouldBe((ushort)15); // the option
        BinaryPrimitives.ReadUInt16BigEndian(option[4..]).ShouldBe((ushort)15); // "Blocked"
        Encoding.ASCII.GetString(option[6..]).ShouldContain("http://caisson.internal/v1/policy");
    }

    [Fact]
    public void Sends_NoEdns_ToWhoDidNotSendIt()
    {
        var query = Query("a.example", 16);

        Ask(query).Length.ShouldBe(query.Length);
    }

    [Fact]
    public void Says_ServerFailure_WhenAllAddressesAreTaken_ButKnowsOldNames()
    {
        for (var i = 0; i < 100; i++)
        {
            Code(Ask(Query($"n{i}.example", DnsTypes.A))).ShouldBe(0);
        }

        Code(Ask(Query("one-more.example", DnsTypes.A))).ShouldBe(2);
        AddressOf(Ask(Query("n99.example", DnsTypes.A)), 4).ShouldBe([198, 18, 0, 100]);
    }

    [Fact]
    public void Tells_TheNameOfAnAddress()
    {
        Ask(Query("some.example", DnsTypes.A));

        var v4 = Ask(Query("1.0.18.198.in-addr.arpa", DnsTypes.Ptr));
        var nibbles = string.Join('.', "fd00caa5000000010000000000000001".Reverse());
        var v6 = Ask(Query($"{nibbles}.ip6.arpa", DnsTypes.Ptr));

        foreach (var answer in new[] { v4, v6 })
        {
            Answers(answer).ShouldBe(1);
            Encoding.ASCII.GetString(answer).ShouldEndWith("\u0004some\u0007example\0");
        }
    }

    [Theory]
    [InlineData("8.8.8.8.in-addr.arpa")]
    [InlineData("1.18.198.in-addr.arpa")]
    [InlineData("999.0.18.198.in-addr.arpa")]
    [InlineData("x.ip6.arpa")]
    [InlineData("example")]
    public void Knows_NoNameOfOtherAddresses(string name)
    {
        var answer = Ask(Query(name, DnsTypes.Ptr));

        Code(answer).ShouldBe(0);
        Answers(answer).ShouldBe(0);
    }

    [Fact]
    public void Refuses_NamesThatNoHostHas()
    {
        Code(Ask(Raw([3, (byte)'a', (byte)'/', (byte)'b', 0, 0, 1, 0, 1]))).ShouldBe(5);
        Code(Ask(Raw([3, (byte)'a', (byte)'.', (byte)'b', 0, 0, 1, 0, 1]))).ShouldBe(5);
        _pool.Count.ShouldBe(0);
    }

    [Fact]
    public void Drops_WhatIsNoQuery()
    {
        var answer = Query("a.example", DnsTypes.A);
        answer[2] |= 0x80;

        Ask(answer).ShouldBeEmpty();
        Ask(new byte[11]).ShouldBeEmpty();
    }

    [Fact]
    public void Says_FormatError_ForBrokenQueries()
    {
        Code(Ask(Raw([0xC0, 0x0C, 0, 1, 0, 1]))).ShouldBe(1); // a pointer
        Code(Ask(Raw([63, 1, 2]))).ShouldBe(1); // a label past the end
        var two = Query("a.example", DnsTypes.A);
        two[5] = 2;
        Code(Ask(two)).ShouldBe(1);
    }

    [Fact]
    public void Says_BadVersion_ToALaterEdns()
    {
        var query = Query("a.example", DnsTypes.A, edns: true);
        query[^5] = 1;

        var answer = Ask(query);

        Code(answer).ShouldBe(0);
        answer[^6].ShouldBe((byte)1); // the upper bits of code 16
    }

    [Fact]
    public void Never_ThrowsNorExceedsItsBuffer_OnAnyBytes() =>
        Prop.ForAll<byte[]>(bytes => Ask(bytes).Length <= DnsAnswer.Size).QuickCheckThrowOnFailure();

    [Fact]
    public void Never_ThrowsNorExceedsItsBuffer_OnADamagedQuery() =>
        Prop.ForAll<byte, byte, byte>(
                (at, value, cut) =>
                {
                    var query = Query("a-name.of.some.example", DnsTypes.Any, edns: true);
                    query[at % query.Length] = value;
                    return Ask(query[..^(cut % query.Length)]).Length <= DnsAnswer.Size;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Answers_TheLongestNameThereIs()
    {
        var name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));

        AddressOf(Ask(Query(name, DnsTypes.A, edns: true), 11), 4).ShouldBe([198, 18, 0, 1]);
        _pool.Find([198, 18, 0, 1]).ShouldBe(name);
    }

    private byte[] Ask(byte[] packet) => Answer(_resolver, packet);

    private byte[] Ask(byte[] packet, int trailer) => Ask(packet)[..^trailer];

    private static byte[] Answer(Resolver resolver, byte[] packet)
    {
        var buffer = new byte[DnsAnswer.Size];
        return buffer[..resolver.Answer(packet, buffer)];
    }

    private static int Code(byte[] answer) => answer[3] & 0xF;

    private static int Answers(byte[] answer) => BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));

    private static byte[] AddressOf(byte[] answer, int length)
    {
        Code(answer).ShouldBe(0);
        Answers(answer).ShouldBe(1);
        BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(answer.Length - length - 2)).ShouldBe((ushort)length);
        return answer[^length..];
    }

    private static int OptionLength(byte[] answer)
    {
        for (var at = answer.Length - 11; at > 12; at--)
        {
            if (answer.AsSpan(at, 3).SequenceEqual((ReadOnlySpan<byte>)[0, 0, 41]))
            {
                return BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(at + 9));
            }
        }

        return 0;
    }

    private static byte[] Raw(byte[] question) => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question];

    private static byte[] Query(string name, ushort type, bool edns = false)
    {
        using var packet = new MemoryStream();
        packet.Write([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, edns ? (byte)1 : (byte)0]);
        foreach (var label in name.Split('.'))
        {
            packet.WriteByte((byte)label.Length);
            packet.Write(Encoding.ASCII.GetBytes(label));
        }

        packet.Write([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (edns)
        {
            packet.Write([0, 0, 41, 4, 0xD0, 0, 0, 0, 0, 0, 0]);
        }

        return packet.ToArray();
    }
}
