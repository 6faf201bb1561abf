using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Caisson.Agents;

/// <summary>
/// Java's own store of trusted certificates, which no variable replaces: goes to <c>/etc/ssl/certs/java/cacerts</c>. Written in the JKS
/// format, which every JDK reads: magic, version 2, the number of entries; for each entry the tag 2 (trusted certificate), alias, time in ms,
/// type, length and DER; then a SHA-1 over password, a fixed phrase and all before.
/// </summary>
public static class JavaTrustStore
{
    private const uint Magic = 0xFEEDFEED;
    private const int TrustedCertificate = 2;

    /// <summary>The password that Java tools expect of this file. It guards against damage only: certificates are no secret.</summary>
    private const string Password = "changeit";

    /// <summary>An entry's time says nothing here, and a fixed one keeps the file the same for the same certificates.</summary>
    private static ReadOnlySpan<byte> Time => [0, 0, 0, 0, 0, 0, 0, 0];

    private const string Phrase = "Mighty Aphrodite";

    /// <summary>Entries of the roots that were written last: hundreds of certificates that change with the machine, not with the sandbox.</summary>
    private static volatile Entries _roots = new("", [], 0);

    /// <param name="roots">Certificates of the machine, as PEM; anything else in it is passed over.</param>
    /// <param name="authority">The sandbox's own, likewise.</param>
    public static byte[] Create(string roots, string authority)
    {
        var known = _roots;
        if (!ReferenceEquals(known.Pem, roots))
            _roots = known = Encode(roots, 0);
        var own = Encode(authority, known.Count);
        using var store = new MemoryStream(known.Bytes.Length + own.Bytes.Length + 64);
        WriteUInt32(store, Magic);
        WriteUInt32(store, 2);
        WriteUInt32(store, (uint)(known.Count + own.Count));
        store.Write(known.Bytes);
        store.Write(own.Bytes);
        store.Write(Digest(store.GetBuffer().AsSpan(0, (int)store.Length)));
        return store.ToArray();
    }

    private static Entries Encode(string pem, int first)
    {
        var certificates = Certificates(pem);
        using var entries = new MemoryStream();
        for (var index = 0; index < certificates.Count; index++)
        {
            WriteUInt32(entries, TrustedCertificate);
            WriteText(entries, $"caisson-{first + index}");
            entries.Write(Time);
            WriteText(entries, "X.509");
            WriteUInt32(entries, (uint)certificates[index].Length);
            entries.Write(certificates[index]);
        }
        return new Entries(pem, entries.ToArray(), certificates.Count);
    }

    private static List<byte[]> Certificates(string pem)
    {
        var found = new List<byte[]>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] is "CERTIFICATE")
                found.Add(Convert.FromBase64String(rest[fields.Base64Data].ToString()));
            rest = rest[fields.Location.End..];
        }
        return found;
    }

    private static byte[] Digest(ReadOnlySpan<byte> content)
    {
#pragma warning disable CA5350 // The format prescribes SHA-1, as a check against damage.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.BigEndianUnicode.GetBytes(Password));
        hash.AppendData(Encoding.ASCII.GetBytes(Phrase));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    private static void WriteUInt32(MemoryStream store, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        store.Write(bytes);
    }

    /// <summary>Java's modified UTF-8, which is ASCII for what is written here.</summary>
    private static void WriteText(MemoryStream store, string text)
    {
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
        store.Write(length);
        store.Write(Encoding.ASCII.GetBytes(text));
    }

    private sealed record Entries(string Pem, byte[] Bytes, int Count);
}
