using System.Buffers.Binary;

namespace Caisson.Init.Dns;

/// <summary>What reading a packet led to.</summary>
internal enum DnsOutcome
{
    /// <summary>Not a query at all: no answer is owed.</summary>
    Drop,

    /// <summary>A question that can be answered.</summary>
    Question,

    /// <summary>Broken; the answer says so.</summary>
    FormatError,

    /// <summary>An operation that is not offered.</summary>
    NotImplemented,

    /// <summary>A version of EDNS that is not known.</summary>
    BadVersion,
}

/// <summary>Reads one DNS query (RFC 1035, section 4; EDNS: RFC 6891). It stops at the first bad byte.</summary>
internal ref struct DnsQuery
{
    internal const int HeaderLength = 12;
    internal const int LongestName = 255;
    private const ushort OptionType = 41;

    internal ushort Id { get; private set; }

    internal bool RecursionDesired { get; private set; }

    /// <summary>The question as it was sent, letter case and all; what an answer must repeat.</summary>
    internal ReadOnlySpan<byte> Question { get; private set; }

    internal ushort Type { get; private set; }

    internal ushort Class { get; private set; }

    internal bool HasEdns { get; private set; }

    internal static DnsOutcome Read(ReadOnlySpan<byte> packet, out DnsQuery query)
    {
        query = default;
        if (packet.Length < HeaderLength || (packet[2] & 0x80) != 0)
        {
            return DnsOutcome.Drop; // too short for an identifier, or an answer
        }

        query.Id = BinaryPrimitives.ReadUInt16BigEndian(packet);
        query.RecursionDesired = (packet[2] & 0x01) != 0;
        if ((packet[2] & 0x78) != 0)
        {
            return DnsOutcome.NotImplemented;
        }

        if (Number(packet, 4) != 1 || Number(packet, 6) != 0 || Number(packet, 8) != 0)
        {
            return DnsOutcome.FormatError;
        }

        var at = HeaderLength;
        if (!SkipName(packet, ref at) || packet.Length < at + 4)
        {
            return DnsOutcome.FormatError;
        }

        query.Type = Number(packet, at);
        query.Class = Number(packet, at + 2);
        at += 4;
        query.Question = packet[HeaderLength..at];
        return query.ReadAdditional(packet, at);
    }

    /// <summary>The asked name in lower case without its last dot; null when it holds bytes that no host name has.</summary>
    internal readonly string? Name()
    {
        Span<char> name = stackalloc char[LongestName];
        var length = 0;
        for (var at = 0; Question[at] != 0; at += 1 + Question[at])
        {
            if (length > 0)
            {
                name[length++] = '.';
            }

            foreach (var letter in Question.Slice(at + 1, Question[at]))
            {
                if (letter is <= (byte)' ' or >= 0x7F or (byte)'.' or (byte)'/' or (byte)'\\' or (byte)'@' or (byte)':')
                {
                    return null;
                }

                name[length++] = char.ToLowerInvariant((char)letter);
            }
        }

        return new string(name[..length]);
    }

    private DnsOutcome ReadAdditional(ReadOnlySpan<byte> packet, int at)
    {
        for (var rest = Number(packet, 10); rest > 0; rest--)
        {
            var start = at;
            if (!SkipName(packet, ref at) || packet.Length < at + 10 || packet.Length < at + 10 + Number(packet, at + 8))
            {
                return DnsOutcome.FormatError;
            }

            if (Number(packet, at) == OptionType)
            {
                // One only, and owned by the root.
                if (HasEdns || at != start + 1)
                {
                    return DnsOutcome.FormatError;
                }

                HasEdns = true;
                if (packet[at + 5] != 0)
                {
                    return DnsOutcome.BadVersion;
                }
            }

            at += 10 + Number(packet, at + 8);
        }

        return DnsOutcome.Question;
    }

    // A query has nothing before its first name that a pointer could mean, so pointers are errors.
    private static bool SkipName(ReadOnlySpan<byte> packet, ref int at)
    {
        var start = at;
        while (at < packet.Length && at - start < LongestName)
        {
            var length = packet[at++];
            if (length == 0)
            {
                return true;
            }

            if (length > 63)
            {
                return false;
            }

            at += length;
        }

        return false;
    }

    private static ushort Number(ReadOnlySpan<byte> packet, int at) => BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);
}
