namespace Caisson.Policy.Manifest;

/// <summary>How the repository gets into the sandbox.</summary>
public enum RepositoryMode
{
    Clone,
    Copy,
    Mount,
}

/// <param name="Source">Absolute path on the host.</param>
/// <param name="Path">Absolute path in the sandbox.</param>
public sealed record MountSpec(string Source, string Path, bool Writable, Origin Origin);

/// <summary>The block <c>filesystem</c>.</summary>
public sealed record FilesystemSettings
{
    public Setting<RepositoryMode>? Repository { get; init; }
    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];

    /// <summary>Protected paths of the repository, relative to it, that agents may write all the same.</summary>
    public IReadOnlyList<Setting<string>> UnsafeWritable { get; init; } = [];
}
