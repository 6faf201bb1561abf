using Caisson.Sandboxes;

namespace Caisson.Workspaces.Planning;

/// <summary>How much of a machine a workspace may take, in one word for people: the class of the largest of its limits.</summary>
internal static class CostClass
{
    private const long GiB = 1L << 30;

    /// <summary>The first that a workspace fits into. The smallest is what policies give by themselves.</summary>
    private static readonly (string Name, double Cpus, long Memory, long Disk)[] Classes =
    [
        ("small", 2, 4 * GiB, 20 * GiB),
        ("medium", 4, 16 * GiB, 100 * GiB),
    ];

    internal static string Of(SandboxLimits limits) =>
        Classes.FirstOrDefault(size => limits.Cpus <= size.Cpus && limits.MemoryBytes <= size.Memory && limits.DiskBytes <= size.Disk).Name
        ?? "large";
}
