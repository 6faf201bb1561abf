using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caisson.Agents.Store;

/// <summary>
/// <c>agents.lock</c>: for each agent one version, and for each processor architecture the archive, its sums and its size. What is not
/// pinned here is never downloaded.
/// </summary>
public sealed record AgentLock
{
    /// <summary>The file's format: 1.</summary>
    public required int Schema { get; init; }

    /// <summary>Pins by agent name.</summary>
    public required IReadOnlyDictionary<string, AgentPin> Agents { get; init; }

    /// <summary><c>x64</c> or <c>arm64</c> as the keys of <see cref="AgentPin.Builds"/>; other machines get their lower-case name and have no build.</summary>
    public static string MachineArchitecture => RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>The pins that this version of Caisson was released with.</summary>
    public static AgentLock BuiltIn { get; } = ReadBuiltIn();

    /// <exception cref="JsonException">The text is not a lock file, or has a key that is not known.</exception>
    public static AgentLock Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, AgentLockJson.Default.AgentLock) is { Schema: 1 } pins
            ? pins
            : throw new JsonException("agents.lock: schema 1 was expected");

    private static AgentLock ReadBuiltIn()
    {
        using var resource = typeof(AgentLock).Assembly.GetManifestResourceStream("agents.lock")!;
        using var text = new MemoryStream();
        resource.CopyTo(text);
        return Parse(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}

/// <summary>One agent's pinned version.</summary>
/// <param name="Package">The npm package that users know it by.</param>
/// <param name="Version">Exact.</param>
/// <param name="Licence">SPDX identifier, or words and a link where the vendor has none.</param>
/// <param name="Builds">By architecture, see <see cref="AgentLock.MachineArchitecture"/>.</param>
public sealed record AgentPin(string Package, string Version, string Licence, IReadOnlyDictionary<string, AgentBuild> Builds);

/// <summary>One archive.</summary>
/// <param name="Url">npm tarball; a mirror replaces scheme and host.</param>
/// <param name="Sha256">Of the archive, lower-case hex.</param>
/// <param name="Integrity">npm's own sum: <c>sha512-</c> and base64. Checked beside <paramref name="Sha256"/>.</param>
/// <param name="Size">Of the archive, bytes.</param>
/// <param name="UnpackedSize">Sum of its files, bytes: more is refused.</param>
/// <param name="Executable">The command, relative to the unpacked directory.</param>
public sealed record AgentBuild(string Url, string Sha256, string Integrity, long Size, long UnpackedSize, string Executable);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(AgentLock))]
[JsonSerializable(typeof(StoreStamp))]
internal sealed partial class AgentLockJson : JsonSerializerContext;
