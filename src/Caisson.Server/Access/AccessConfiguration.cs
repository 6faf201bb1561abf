using System.Net;
using Caisson.Identity.Subjects;
using Caisson.Server.Configuration;
using Caisson.Server.Hosting;

namespace Caisson.Server.Access;

/// <summary>What the access layer is composed with.</summary>
internal sealed record AccessConfiguration
{
    public required AuthOptions Auth { get; init; }

    /// <summary>The user of this installation: who is on the Unix socket, and who holds <see cref="Token"/>.</summary>
    public required User Local { get; init; }

    /// <summary>The bearer token of the TCP address, for programs on this machine.</summary>
    public required AccessToken Token { get; init; }

    /// <summary>The TCP address, or null.</summary>
    public required IPEndPoint? Listen { get; init; }

    /// <summary>What a trusted proxy has to send, when one was set.</summary>
    public string? ProxySecret { get; init; }

    /// <summary>Providers' names and the secrets that we have there.</summary>
    public IReadOnlyDictionary<string, string> OidcSecrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public RateLimits Limits { get; init; } = new();

    /// <summary>Where an admin's link leads when nothing in front of the server can be relied on.</summary>
    public string? AdminLinkBase =>
        Auth.Mode == "proxy" && Listen is { } listen
            ? $"http://{(listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.Loopback, listen.Port) : listen)}"
            : LinkBase;

    /// <summary>Where links lead: the operator's address, or the one listened on. Null: no link is possible.</summary>
    public string? LinkBase => Auth.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? (Listen is { } listen ? $"http://{listen}" : null);
}
