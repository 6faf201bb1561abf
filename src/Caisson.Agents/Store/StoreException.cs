namespace Caisson.Agents.Store;

/// <summary>An installation step failed for a reason that people can do something about; the message is the whole text for them.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
