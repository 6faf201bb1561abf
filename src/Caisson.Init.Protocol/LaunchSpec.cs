using System.Text.Json.Serialization;

namespace Caisson.Init.Protocol;

/// <summary>
/// What <c>caisson-init launch</c> does on the host before bubblewrap: join the cgroups, and, when the server is root, show bubblewrap the
/// sandbox's directories and become the sandbox's own user. Read as JSON from descriptor 3.
/// </summary>
public sealed record LaunchSpec
{
    /// <summary>Files of cgroups into which the launch writes <c>0</c> to join.</summary>
    public required IReadOnlyList<string> CgroupJoins { get; init; }

    /// <summary>Directories or files to bind below <see cref="StageRoot"/>, by number. Empty unless the server is root.</summary>
    public IReadOnlyList<StagedBind> Staged { get; init; } = [];

    /// <summary>User to become, or null to stay.</summary>
    public int? Uid { get; init; }
    public int? Gid { get; init; }

    /// <summary>Open files per process: soft and hard limit.</summary>
    public required long Files { get; init; }

    public required string Program { get; init; }
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>
    /// A memory file system in a mount namespace of the launch's own. The sandbox's user can't walk to root's directories, so they are bound
    /// where it can.
    /// </summary>
    public const string StageRoot = "/tmp";

    /// <summary>Where the bind of this number stands.</summary>
    public static string StagedPath(int number) => $"{StageRoot}/stage-{number}";
}

/// <param name="Source">Absolute path on the host.</param>
/// <param name="Owner">Whose files appear as the sandbox user's own, and to whom new ones belong; null leaves owners as they are.</param>
public sealed record StagedBind(string Source, FileOwner? Owner = null);

/// <summary>User and group on the host.</summary>
public sealed record FileOwner(int Uid, int Gid);

[JsonSerializable(typeof(LaunchSpec))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
public sealed partial class LaunchJson : JsonSerializerContext;
