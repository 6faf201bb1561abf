using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Protocol.Client;

/// <summary>Something that a viewer of a process sees: <see cref="ProcessData"/>, <see cref="ProcessGap"/>, <see cref="ProcessInputTaken"/> or, last, <see cref="ProcessEnded"/>.</summary>
public abstract record ProcessFrame;

/// <summary>Output bytes, and the offset of the first one in its stream. The bytes are valid until the next frame is read.</summary>
public sealed record ProcessData(OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes) : ProcessFrame;

/// <summary>Bytes <paramref name="From"/> up to and without <paramref name="To"/> are no longer held.</summary>
public sealed record ProcessGap(OutputStream Stream, long From, long To) : ProcessFrame;

/// <summary>The bytes of one writer before <paramref name="Next"/> are with the process or on their way to it.</summary>
/// <param name="Echoes">The terminal showed what was typed; false also where that is not known.</param>
public sealed record ProcessInputTaken(UInt128 Key, long Next, bool Echoes = false) : ProcessFrame;

/// <summary>The process ended; nothing follows.</summary>
public sealed record ProcessEnded(ProcessExit Exit) : ProcessFrame;
