using Caisson.Credentials;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway;

/// <summary>The one exit of one sandbox.</summary>
public sealed record SandboxExitOptions
{
    public required string SandboxId { get; init; }

    /// <summary>Where the socket is made; a left-over of that name is replaced. Its folder must be closed to others.</summary>
    public required string SocketPath { get; init; }

    /// <summary>Mode of the socket.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public required RouteTable Routes { get; init; }

    public required ISandboxCredentials Credentials { get; init; }

    /// <summary>Decoys that lie in the sandbox: what people call each, and its value of at least eight bytes.</summary>
    public IReadOnlyDictionary<string, Secret> Canaries { get; init; } = new Dictionary<string, Secret>(StringComparer.Ordinal);

    public required SandboxAuthority Authority { get; init; }

    /// <summary>The pid of the sandbox's <c>caisson-init</c> as this process sees it: connections of others are closed. Null: not checked.</summary>
    public int? ExpectedPeerPid { get; init; }

    /// <summary>Answers the renewal of a login by its name, see <see cref="Caisson.Policy.Route.Renews"/>. Null: there is none.</summary>
    public Func<string, TokenRenewal>? Renew { get; init; }

    /// <summary>What <c>http://caisson.internal/v1/policy</c> shows, without any value: JSON or plain text.</summary>
    public string PolicySummary { get; init; } = "{}";
}
