namespace Caisson.Init.Copy;

/// <summary>An archive has an entry that is not unpacked; the message names it and says why.</summary>
internal sealed class ArchiveRefusedException(string message) : Exception(message);
