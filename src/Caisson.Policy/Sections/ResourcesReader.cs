using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>resources</c>. A limit without a unit, or one that no sandbox can live with, is an error that shows a good one.</summary>
internal static class ResourcesReader
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;

    public static ResourceSettings Read(YamlNode? node, LoadContext context)
    {
        var section = SectionReader.Open(node, "resources", context, ["cpus", "memory", "pids", "disk", "files"]);
        if (section is null)
            return new ResourceSettings();
        return new ResourceSettings
        {
            Cpus = section.Number("cpus", 0.1, 1024, "2"),
            Memory = section.Size("memory", 256 * MiB, 4096 * GiB, "4GiB"),
            Pids = section.Whole("pids", 32, 1_000_000, "1024"),
            Disk = section.Size("disk", 64 * MiB, 65536 * GiB, "20GiB"),
            Files = section.Whole("files", 256, 1_048_576, "65536"),
        };
    }
}
