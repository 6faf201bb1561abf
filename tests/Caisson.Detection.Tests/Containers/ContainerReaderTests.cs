using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Caisson.Detection.Containers;

namespace Caisson.Detection.Tests.Containers;

public sealed class ContainerReaderTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("what is inside");

    [Fact]
    public void Opens_ZipsTarsAndGzip_AndNamesWhatIsInThem()
    {
        Read(Zip(("a/b.txt", Content))).Parts.ShouldBe(["x!a/b.txt=what is inside"]);
        Read(Tar(("c.txt", Content))).Parts.ShouldBe(["x!c.txt=what is inside"]);
        Read(Gzip(Content)).Parts.ShouldBe(["x!=what is inside"]);
        Read(Gzip(Tar(("c.txt", Content), ("d.txt", Content)))).Parts.Count.ShouldBe(2);
    }

    [Fact]
    public void Opens_TwoLevels_AndSaysThatThereIsAThird()
    {
        var two = Read(Gzip(Tar(("in.jar", Zip(("b.txt", Content))))));
        two.Parts.ShouldBe(["x!in.jar!b.txt=what is inside"]);
        two.Faults.ShouldBeEmpty();

        var three = Read(Zip(("1.zip", Zip(("2.zip", Zip(("3.txt", Content)))))));
        three.Parts.ShouldBeEmpty();
        three
            .Faults.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(fault => fault.Rule.ShouldBe("archive_deep"), fault => fault.Path.ShouldBe("x!1.zip!2.zip"));
    }

    [Fact]
    public void Finds_WhatIsEncrypted_AndReadsTheRest()
    {
        var zip = Zip(("a.txt", Content), ("b.txt", Content));
        // Bit 0 of the flags of the first entry, in its own header and in the list at the end (APPNOTE.TXT 4.4.4).
        zip[6] |= 1;
        zip[zip.AsSpan().IndexOf("PK\x01\x02"u8) + 8] |= 1;

        var (parts, faults) = Read(zip);

        parts.ShouldBe(["x!b.txt=what is inside"]);
        faults.ShouldHaveSingleItem().Rule.ShouldBe("archive_encrypted");
        faults[0].Path.ShouldBe("x!a.txt");
    }

    [Fact]
    public void Finds_WhatIsCutOffDamagedOrUnknown()
    {
        var zip = Zip(("a.txt", new byte[5000]));
        Read(zip[..^10]).Faults.ShouldHaveSingleItem().Rule.ShouldBe("archive_unreadable");
        var gzip = Gzip(Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 5000))));
        Read(gzip[..^2000]).Faults.ShouldHaveSingleItem().Rule.ShouldBe("archive_unreadable");
        Read([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]).Faults.ShouldHaveSingleItem().Description.ShouldStartWith("7z can't be opened");
    }

    [Fact]
    public void Finds_Bombs_AndStops()
    {
        // One byte becomes a thousand.
        var bomb = Zip(("zeros", new byte[64 << 20]));
        var (parts, faults) = Read(bomb);
        parts.ShouldBeEmpty();
        faults.ShouldHaveSingleItem().Rule.ShouldBe("bomb");

        var nested = Read(Zip(("1.gz", Gzip(new byte[64 << 20]))));
        nested.Faults.ShouldHaveSingleItem().Rule.ShouldBe("bomb");
    }

    [Fact]
    public void Finds_AnArchiveOfNothingButNames()
    {
        var many = Zip([.. Enumerable.Range(0, 20_000).Select(index => ($"{index}", Array.Empty<byte>()))]);
        new Reading(new ContainerLimits { GrowthOfSmall = 1, Growth = 1 }).Read(many).Faults.ShouldHaveSingleItem().Rule.ShouldBe("bomb");
    }

    [Fact]
    public void Tells_ContainersByTheirContent()
    {
        ContainerKinds.Of("PK is no mark"u8).ShouldBe(ContainerKind.None);
        ContainerKinds.Of(new byte[512]).ShouldBe(ContainerKind.None);
        ContainerKinds.Of(Tar(("a", Content)).AsSpan(0, 512)).ShouldBe(ContainerKind.Tar);
        ContainerKinds.Of(Encoding.ASCII.GetBytes(new string('7', 512))).ShouldBe(ContainerKind.None);
    }

    private static (List<string> Parts, List<ContainerFault> Faults) Read(byte[] content) =>
        new Reading(ContainerLimits.Default).Read(content);

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return output.ToArray();
    }

    private static byte[] Tar(params (string Name, byte[] Content)[] entries)
    {
        var output = new MemoryStream();
        using (var tar = new TarWriter(output, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return output.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return output.ToArray();
    }

    private sealed class Reading(ContainerLimits limits)
    {
        internal (List<string> Parts, List<ContainerFault> Faults) Read(byte[] content)
        {
            var parts = new List<string>();
            var faults = new List<ContainerFault>();
            new ContainerReader(
                limits,
                (path, part) =>
                {
                    using var text = new StreamReader(part, Encoding.Latin1);
                    parts.Add($"{path}={text.ReadToEnd()}");
                },
                faults.Add
            ).Read("x", content);
            return (parts, faults);
        }
    }
}
