using System.Buffers.Binary;
using System.Text;

namespace Caisson.Init.Dns;

/// <summary>Response codes of DNS.</summary>
internal enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// <summary>Writes the answer to a query into a buffer of at least 512 bytes, which every answer of ours fits.</summary>
internal ref struct DnsAnswer
{
    /// <summary>Longest answer that is written.</summary>
    internal const int Size = 1024;
    private const uint TimeToLive = 300;
    private const ushort PointerToQuestion = 0xC00C;
    private const ushort ExtendedErrorOption = 15;

    private readonly Span<byte> _buffer;
    private int _length;
    private ushort _answers;

    internal DnsAnswer(Span<byte> buffer, DnsQuery query)
    {
        _buffer = buffer;
        buffer[..DnsQuery.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, query.Id);
        buffer[2] = (byte)(0x84 | (query.RecursionDesired ? 1 : 0)); // an answer, authoritative
        buffer[3] = 0x80; // recursion is offered, as stub resolvers expect
        query.Question.CopyTo(buffer[DnsQuery.HeaderLength..]);
        _length = DnsQuery.HeaderLength + query.Question.Length;
        buffer[5] = query.Question.IsEmpty ? (byte)0 : (byte)1;
    }

    /// <summary>Adds an address: 4 bytes make an A record, 16 an AAAA record.</summary>
    internal void Address(scoped ReadOnlySpan<byte> address)
    {
        Record(address.Length == 4 ? DnsTypes.A : DnsTypes.Aaaa, (ushort)address.Length);
        address.CopyTo(_buffer[_length..]);
        _length += address.Length;
    }

    /// <summary>Adds the name that an address stands for.</summary>
    internal void Pointer(string name)
    {
        Record(DnsTypes.Ptr, (ushort)(name.Length + 2));
        foreach (var label in name.Split('.'))
        {
            _buffer[_length++] = (byte)label.Length;
            _length += Encoding.ASCII.GetBytes(label, _buffer[_length..]);
        }

        _buffer[_length++] = 0;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="code">Response code; values above 15 need EDNS.</param>
    /// <param name="edns">Whether the query had EDNS; only then an answer may have it.</param>
    /// <param name="extendedError">Extended DNS error (RFC 8914), or 0 for none.</param>
    /// <param name="text">Its explanation.</param>
    /// <returns>Bytes of the answer.</returns>
    internal int Complete(DnsCode code, bool edns, ushort extendedError = 0, scoped ReadOnlySpan<byte> text = default)
    {
        _buffer[3] |= (byte)((int)code & 0xF);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[6..], _answers);
        if (!edns)
        {
            return _length;
        }

        _buffer[11] = 1;
        var option = _buffer[_length..];
        option[..11].Clear(); // the root's name, then type, size, extended code, version and flags, length
        option[2] = 41;
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], 1232);
        option[5] = (byte)((int)code >> 4);
        _length += 11;
        if (extendedError != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(option[9..], (ushort)(6 + text.Length));
            BinaryPrimitives.WriteUInt16BigEndian(option[11..], ExtendedErrorOption);
            BinaryPrimitives.WriteUInt16BigEndian(option[13..], (ushort)(2 + text.Length));
            BinaryPrimitives.WriteUInt16BigEndian(option[15..], extendedError);
            text.CopyTo(option[17..]);
            _length += 6 + text.Length;
        }

        return _length;
    }

    private void Record(ushort type, ushort length)
    {
        _answers++;
        var record = _buffer[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(record, PointerToQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1); // Internet
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], length);
        _length += 12;
    }
}

/// <summary>Record types that are answered.</summary>
internal static class DnsTypes
{
    internal const ushort A = 1;
    internal const ushort Ptr = 12;
    internal const ushort Aaaa = 28;
    internal const ushort Any = 255;
}
