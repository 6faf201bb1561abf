using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

/// <summary>A cluster: a code point or another cluster (with its bit), and what combines with it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ClusterStep(uint Base, int Added);

/// <summary>An OSC 8 link: cells with the same id and target belong together.</summary>
internal readonly record struct Link(string Id, string Target);

public sealed partial class TerminalScreen
{
    private const int MaximumClusters = 1 << 16;
    private const int MaximumExtensions = 1 << 16;
    private const int MaximumLinks = 1 << 12;

    private readonly Interned<ClusterStep> clusters = new(MaximumClusters);
    private readonly Interned<Extension> extensions = new(MaximumExtensions);
    private readonly Interned<Link> links = new(MaximumLinks);
    private Action<bool[]>? markClusters;
    private Action<bool[]>? markExtensions;
    private Action<bool[]>? markLinks;
    private uint[] clusterBuffer = new uint[MaximumClusterLength];

    internal Extension ExtensionOf(uint index) => index == 0 ? default : extensions[(int)index];

    internal Link LinkOf(int index) => links[index];

    internal int LinkCount => links.Count;

    internal int ClusterCount => clusters.Count;

    private uint Intern(Extension extension) =>
        extension == default ? 0 : (uint)extensions.Intern(extension, markExtensions ??= MarkExtensions);

    private int Intern(Link link) => links.Intern(link, markLinks ??= MarkLinks);

    private int ClusterLength(uint content)
    {
        var length = 1;
        while ((content & Cell.ClusterBit) != 0)
        {
            content = clusters[(int)(content & (Cell.ClusterBit - 1))].Base;
            length++;
        }
        return length;
    }

    /// <summary>The code points of a cell, in order. Valid until the next call.</summary>
    internal ReadOnlySpan<uint> CodePoints(uint content)
    {
        content &= Cell.ContentMask;
        var at = clusterBuffer.Length;
        while ((content & Cell.ClusterBit) != 0)
        {
            var step = clusters[(int)(content & (Cell.ClusterBit - 1))];
            clusterBuffer[--at] = (uint)step.Added;
            content = step.Base;
        }
        clusterBuffer[--at] = content;
        return clusterBuffer.AsSpan(at);
    }

    private void MarkClusters(bool[] inUse) =>
        EachCell(cell =>
        {
            var content = cell.Content;
            while ((content & Cell.ClusterBit) != 0 && !inUse[content & (Cell.ClusterBit - 1)])
            {
                inUse[content & (Cell.ClusterBit - 1)] = true;
                content = clusters[(int)(content & (Cell.ClusterBit - 1))].Base;
            }
        });

    private void MarkExtensions(bool[] inUse)
    {
        inUse[pen.Extension] = true;
        inUse[main.Saved.Pen.Extension] = true;
        inUse[alternate.Saved.Pen.Extension] = true;
        EachCell(cell => inUse[cell.Pen.Extension] = true);
    }

    /// <summary>Extensions keep links; those that no cell has are let go first.</summary>
    private void MarkLinks(bool[] inUse)
    {
        var kept = new bool[extensions.Last + 1];
        MarkExtensions(kept);
        foreach (var (index, extension) in extensions.All)
            inUse[extension.Link] |= kept[index];
        extensions.Keep(kept);
    }

    private void EachCell(Action<Cell> visit)
    {
        foreach (var row in main.Rows.Concat(alternate.Rows))
        {
            foreach (var cell in row.Cells)
                visit(cell);
        }
        var buffer = new Cell[MaximumColumns];
        for (var line = 0; line < main.Scrollback!.Count; line++)
        {
            var encoded = main.Scrollback.Encoded(line);
            var count = LineCodec.Count(encoded);
            LineCodec.Decode(encoded, buffer);
            foreach (var cell in buffer.AsSpan(0, count))
                visit(cell);
        }
    }
}
