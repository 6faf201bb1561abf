using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caisson.Storage;
using Microsoft.Data.Sqlite;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// The certificate database that Chromium's headless shell (Playwright's default) and other programs on NSS read, with the sandbox's authority as a
/// trusted one. Written directly, since NSS's own tool is a package of its own and takes tens of milliseconds: SQLite, each column a PKCS #11
/// attribute by its number in hex, numbers in four bytes. NSS takes tables that have only some of its columns.
/// </summary>
internal static class NssDatabase
{
    /// <summary>Below the home. Chromium prefers it to its newer place in <c>~/.local/share</c> where it exists.</summary>
    internal const string Directory = ".pki/nssdb";

    internal const string Certificates = "cert9.db";
    internal const string Keys = "key4.db";

    /// <summary>In NSS's own words: an attribute that is there and empty.</summary>
    private const string Empty = "x'a5005a'";

    private static readonly Lazy<byte[]> EmptyKeys = new(() =>
        Make(
            "CREATE TABLE nssPrivate (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a1, a2, a3, a11, a81, a82, a101, a102);"
                + "CREATE TABLE metaData (id PRIMARY KEY UNIQUE ON CONFLICT REPLACE, item1, item2);"
        )
    );

    /// <summary>The files of the directory, by name.</summary>
    /// <param name="authorityPem">One certificate.</param>
    internal static IReadOnlyList<(string Name, byte[] Content)> Create(string authorityPem)
    {
        using var certificate = X509Certificate2.CreateFromPem(authorityPem);
        return [(Certificates, Template.Value.With(Rows(certificate))), (Keys, EmptyKeys.Value)];
    }

    /// <summary>Writes them into a home that nobody uses yet.</summary>
    internal static void Write(string home, string authorityPem)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(home, Directory), owner | UnixFileMode.UserExecute).FullName;
        foreach (var (name, content) in Create(authorityPem))
        {
            var file = Path.Combine(directory, name);
            File.WriteAllBytes(file, content);
            File.SetUnixFileMode(file, owner);
        }
    }

    /// <summary>Opening a database costs more than filling it: one is kept, whose rows are replaced for each sandbox.</summary>
    private static readonly Lazy<Scratch> Template = new(() =>
        new Scratch(
            """
            CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a1, a2, a3, a11, a80, a81, a82, a101, a102, a170,
                ace536358, ace536359, ace53635a, ace53635b, ace536360, ace5363b4, ace5363b5);
            """
        )
    );

    private static string Rows(X509Certificate2 certificate)
    {
        var issuer = Hex(certificate.IssuerName.RawData);
        var serial = Hex([2, (byte)certificate.SerialNumberBytes.Length, .. certificate.SerialNumberBytes.Span]);
#pragma warning disable CA5350 // NSS names keys and certificates by SHA-1; what is trusted is compared with the certificate's own bytes as well.
        var keyId = Hex(SHA1.HashData(certificate.PublicKey.EncodedKeyValue.RawData));
        var hash = Hex(SHA1.HashData(certificate.RawData));
#pragma warning restore CA5350
        // The first row is the certificate: class (0) 1, on the token (1), not private (2), label (3), value (11), type (80) X.509, issuer (81), serial
        // number (82), subject (101), id (102). The second is the trust in it: class "NSS trust", for servers (ce536358) as an authority, for
        // nothing else.
        return $"""
            DELETE FROM nssPublic;
            INSERT INTO nssPublic (id, a0, a1, a2, a3, a11, a80, a81, a82, a101, a102, a170) VALUES
                (1, x'00000001', x'01', x'00', {Hex("Caisson sandbox"u8)}, {Hex(certificate.RawData)}, x'00000000', {issuer}, {serial},
                {Hex(certificate.SubjectName.RawData)}, {keyId}, x'01');
            INSERT INTO nssPublic (id, a0, a1, a2, a3, a81, a82, a170, ace536358, ace536359, ace53635a, ace53635b, ace536360, ace5363b4) VALUES
                (2, x'ce534353', x'01', x'00', {Empty}, {issuer}, {serial}, x'01', x'ce534352', x'ce534353', x'ce534353', x'ce534353', x'00', {hash});
            """;
    }

    private static byte[] Make(string statements)
    {
        using var scratch = new Scratch(statements);
        return scratch.With("");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => $"x'{Convert.ToHexString(bytes)}'";

    /// <summary>
    /// A database in a file without a name. Nothing else knows it, and a launch that is cut short begins anew: no journal, no waiting for the disk.
    /// </summary>
    private sealed class Scratch : IDisposable
    {
        private readonly Lock gate = new();
        private readonly SqliteConnection connection;
        private readonly FileStream file;

        internal Scratch(string statements)
        {
            SqliteLibrary.Load();
            var path = Path.GetTempFileName();
            connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            Run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;");
            Run(statements);
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            File.Delete(path);
        }

        /// <summary>The file's bytes after these statements.</summary>
        internal byte[] With(string statements)
        {
            lock (gate)
            {
                if (statements.Length > 0)
                    Run("BEGIN;" + statements + "COMMIT;");
                var content = new byte[RandomAccess.GetLength(file.SafeFileHandle)];
                for (var read = 0; read < content.Length; )
                {
                    var more = RandomAccess.Read(file.SafeFileHandle, content.AsSpan(read), read);
                    read += more > 0 ? more : throw new EndOfStreamException("The scratch database is shorter than it was.");
                }
                return content;
            }
        }

        public void Dispose()
        {
            connection.Dispose();
            file.Dispose();
        }

        private void Run(string statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statements;
            command.ExecuteNonQuery();
        }
    }
}
