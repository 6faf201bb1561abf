namespace Caisson.Workspaces.Terminals;

/// <summary>
/// Whether a sandbox has memory for one more terminal: none is started while its working set is over 80 % of its limit, until it is under 70 %, so that it does not go to and
/// fro. Each start under way counts as 256 MiB. Without figures only the number of terminals is limited.
/// </summary>
internal sealed class MemoryAdmission
{
    private const long PerStart = 256 << 20;
    private readonly HashSet<string> _refusing = new(StringComparer.Ordinal);

    /// <param name="starting">Terminals of the workspace that are being started.</param>
    internal TerminalMemory Look(string workspace, long? used, long? limit, int starting)
    {
        var memory = new TerminalMemory(used is > 0 ? used : null, limit is > 0 ? limit : null, starting * PerStart);
        if (!memory.IsKnown)
            return memory;
        lock (_refusing)
        {
            var charged = memory.Used + memory.Pending;
            if (charged > memory.RefuseAbove)
                _refusing.Add(workspace);
            else if (charged < memory.AdmitBelow)
                _refusing.Remove(workspace);
            return memory with { Refuses = _refusing.Contains(workspace) };
        }
    }
}

/// <summary>A sandbox's memory as its terminals see it, in bytes.</summary>
/// <param name="Used">The working set: without file pages that can be dropped at once.</param>
/// <param name="Pending">Set aside for starts under way.</param>
public sealed record TerminalMemory(long? Used, long? Limit, long Pending)
{
    public bool IsKnown => Used is not null && Limit is not null;

    public long? RefuseAbove => Limit * 8 / 10;

    public long? AdmitBelow => Limit * 7 / 10;

    /// <summary>No terminal is started at present.</summary>
    public bool Refuses { get; init; }
}
