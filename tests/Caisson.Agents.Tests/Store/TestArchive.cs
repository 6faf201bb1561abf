using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Store;

/// <summary>Small archives as npm makes them, and ones as it never would.</summary>
internal static class TestArchive
{
    internal const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>One runnable file <c>bin/agent</c> and a readme.</summary>
    internal static byte[] Usual(string says) =>
        Make(File("package/bin/agent", $"#!/bin/sh\necho {says}\n", Runnable), File("package/README.md", "Read me"));

    internal static TarEntry File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    internal static TarEntry Link(TarEntryType type, string name, string target) => new PaxTarEntry(type, name) { LinkName = target };

    internal static byte[] Make(params TarEntry[] entries)
    {
        using var buffer = new MemoryStream();
        using (var zipped = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped, TarEntryFormat.Pax))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }
        return buffer.ToArray();
    }

    internal static AgentBuild Pin(string url, byte[] archive, long unpacked, string executable) =>
        new(
            url,
            Convert.ToHexStringLower(SHA256.HashData(archive)),
            "sha512-" + Convert.ToBase64String(SHA512.HashData(archive)),
            archive.Length,
            unpacked,
            executable
        );
}
