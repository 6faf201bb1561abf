using System.Globalization;

namespace Caisson.Init.Dns;

/// <summary>
/// Answers every query from inside: no DNS packet ever leaves. Denied names resolve as well, so that a program reaches the gateway and is
/// told why it may not go on.
/// </summary>
internal sealed class Resolver(NamePool pool, bool hasV6)
{
    private const ushort Internet = 1;
    private const ushort AnyClass = 255;
    private const ushort Blocked = 15;
    private const string ReverseV4 = ".in-addr.arpa";
    private const string ReverseV6 = ".ip6.arpa";

    internal long Queries { get; private set; }

    private static ReadOnlySpan<byte> OnlyAddresses => "only addresses are answered here; see http://caisson.internal/v1/policy"u8;

    /// <summary>Answers a packet into a buffer of <see cref="DnsAnswer.Size"/> bytes; returns 0 when no answer is owed.</summary>
    internal int Answer(ReadOnlySpan<byte> packet, Span<byte> buffer)
    {
        var outcome = DnsQuery.Read(packet, out var query);
        if (outcome == DnsOutcome.Drop)
        {
            return 0;
        }

        Queries++;
        var answer = new DnsAnswer(buffer, query);
        if (outcome != DnsOutcome.Question)
        {
            return outcome switch
            {
                DnsOutcome.NotImplemented => answer.Complete(DnsCode.NotImplemented, edns: false),
                DnsOutcome.BadVersion => answer.Complete(DnsCode.BadVersion, edns: true),
                _ => answer.Complete(DnsCode.FormatError, edns: false),
            };
        }

        if (query.Class is not (Internet or AnyClass) || query.Name() is not { } name)
        {
            return answer.Complete(DnsCode.Refused, query.HasEdns, Blocked, "not the name of a host"u8);
        }

        return query.Type switch
        {
            DnsTypes.A or DnsTypes.Aaaa or DnsTypes.Any when name.Length > 0 => Addresses(ref answer, query, name),
            DnsTypes.Ptr => Reverse(ref answer, query, name),
            _ => answer.Complete(DnsCode.NoError, query.HasEdns, Blocked, OnlyAddresses),
        };
    }

    private int Addresses(ref DnsAnswer answer, DnsQuery query, string name)
    {
        Span<byte> v4 = [127, 0, 0, 1];
        Span<byte> v6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        if (name != "localhost" && !name.EndsWith(".localhost", StringComparison.Ordinal))
        {
            var index = pool.Take(name);
            if (index < 0)
            {
                return answer.Complete(DnsCode.ServerFailure, query.HasEdns, Blocked, "this sandbox has asked for too many names"u8);
            }

            pool.Write(index, v4);
            pool.Write(index, v6);
        }

        if (query.Type != DnsTypes.Aaaa)
        {
            answer.Address(v4);
        }

        if (query.Type != DnsTypes.A && hasV6)
        {
            answer.Address(v6);
        }

        return answer.Complete(DnsCode.NoError, query.HasEdns);
    }

    private int Reverse(ref DnsAnswer answer, DnsQuery query, string name)
    {
        Span<byte> address = stackalloc byte[16];
        var length = ReadReverse(name, address);
        var found =
            length == 4 && address[0] == 127 ? "localhost"
            : length > 0 ? pool.Find(address[..length])
            : null;
        if (found is null)
        {
            return answer.Complete(DnsCode.NoError, query.HasEdns, Blocked, OnlyAddresses);
        }

        answer.Pointer(found);
        return answer.Complete(DnsCode.NoError, query.HasEdns);
    }

    // 4.3.2.1.in-addr.arpa, or 32 nibbles before ip6.arpa; the lowest part comes first.
    private static int ReadReverse(string name, Span<byte> address)
    {
        if (name.EndsWith(ReverseV4, StringComparison.Ordinal))
        {
            var parts = name[..^ReverseV4.Length].Split('.');
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts.Length != 4 || !byte.TryParse(parts[i], NumberStyles.None, null, out address[3 - i]))
                {
                    return 0;
                }
            }

            return 4;
        }

        if (name.Length != 63 + ReverseV6.Length || !name.EndsWith(ReverseV6, StringComparison.Ordinal))
        {
            return 0;
        }

        address.Clear();
        for (var i = 0; i < 32; i++)
        {
            if (!char.IsAsciiHexDigit(name[2 * i]) || name[(2 * i) + 1] != '.')
            {
                return 0;
            }

            var nibble = Convert.ToInt32(name[(2 * i)..((2 * i) + 1)], 16);
            address[15 - (i / 2)] |= (byte)(i % 2 == 0 ? nibble : nibble << 4);
        }

        return 16;
    }
}
