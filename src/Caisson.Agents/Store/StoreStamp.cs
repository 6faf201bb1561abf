namespace Caisson.Agents.Store;

/// <summary>Written into an unpacked agent as its last file: says what it was made from, so that a look at it needs no sum over hundreds of MB.</summary>
/// <param name="Agent">Name.</param>
/// <param name="Version">As pinned.</param>
/// <param name="Sha256">Of the archive that was verified.</param>
/// <param name="Files">Length in bytes of each file, by its relative path.</param>
internal sealed record StoreStamp(string Agent, string Version, string Sha256, IReadOnlyDictionary<string, long> Files)
{
    internal const string FileName = ".caisson-agent.json";
}
