using System.Net;
using Caisson.Identity;

namespace Caisson.Server.Configuration;

/// <summary>The rows of the table of settings that say who gets in.</summary>
internal static class AuthSettings
{
    private const string ListSchema = """
        { "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }
        """;
    private const string OriginSchema = """{ "type": "string", "pattern": "^https?://[^/*@?#]+/?$" }""";

    private static readonly string[] Modes = ["local", "proxy", "oidc"];

    internal static IReadOnlyList<ServerSetting> All { get; } =
    [
        One(
            "auth.mode",
            "local, proxy or oidc",
            "local",
            "How people sign in: by a link that this installation prints, by a proxy's headers, or at identity providers.",
            (auth, text) =>
                Modes.Contains(text) ? (auth with { Mode = text }, null)
                : text == "databricks" ? (auth, "'databricks' is not available yet; known: local, proxy, oidc")
                : (auth, $"'{text}' is no mode; known: local, proxy, oidc")
        ) with
        {
            Schema = Choice(Modes),
        },
        Switch(
            "auth.local.allow_remote",
            "Lets the local mode listen where other machines reach it; server.public_url has to be an https address then.",
            (auth, value) => auth with { AllowRemote = value }
        ),
        Many(
            "auth.proxy.trusted",
            "list of networks (CIDR)",
            "The proxies: from their addresses X-Forwarded-For, -Proto and -Host count and, in the proxy mode, the headers that name the person.",
            (auth, texts) =>
            {
                var networks = new List<IPNetwork>();
                foreach (var text in texts)
                {
                    if (!IPNetwork.TryParse(text.Contains('/', StringComparison.Ordinal) ? text : Single(text), out var network))
                        return (auth, $"'{text}' is no network; an example: 10.1.0.0/16, 127.0.0.1/32 or ::1/128");
                    networks.Add(network);
                }
                return (auth with { Trusted = networks }, null);
            }
        ),
        Switch(
            "auth.proxy.i_know_this_is_open",
            "Allows a trusted network that holds every address: then anybody who reaches the server can be anybody.",
            (auth, value) => auth with { TrustAnyone = value }
        ),
        Many(
            "auth.proxy.headers",
            "list of header names",
            "Headers that name the person, the first that is present counts. Without: X-Forwarded-Email, X-Forwarded-User, X-Databricks-User-Email.",
            (auth, texts) =>
                texts.FirstOrDefault(text => text.Length == 0 || text.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '-'))
                    is { } wrong
                    ? (auth, $"'{wrong}' is no header name")
                    : (auth with { Headers = texts }, null)
        ),
        Switch(
            "auth.proxy.usernames",
            "Takes plain user names where a proxy has no addresses.",
            (auth, value) => auth with { UserNames = value }
        ),
        One(
            "auth.proxy.secret",
            "file:PATH, env:NAME or exec:PROGRAM ARGUMENTS",
            "none",
            "Where to read what the proxy has to send in X-Caisson-Proxy-Secret.",
            (auth, text) =>
                SecretReference.TryParse(text) is { } reference
                    ? (auth with { ProxySecret = reference }, null)
                    : (auth, "a secret is not written here; say where it is: file:PATH, env:NAME or exec:PROGRAM ARGUMENTS")
        ) with
        {
            Schema = ServerSettings.SecretSchema,
        },
        new(
            "auth.oidc",
            "--auth-oidc",
            ["CAISSON_AUTH__OIDC"],
            "list of providers; as JSON in a flag or variable",
            "none",
            "Identity providers: name, issuer, client_id, and where wanted title, client_secret (where it is: file:PATH, env:NAME or exec:…), scopes, allowed_domains, "
                + "required_group, groups_claim, role_map (group to role), email_verified (false: not required).",
            true,
            (options, texts) =>
            {
                var (providers, error) = OidcSetting.Read(texts);
                return (options with { Auth = options.Auth with { Oidc = providers } }, error);
            },
            Structured: true
        )
        {
            Schema = OidcSetting.Schema,
        },
        One(
            "auth.default_role",
            "a role, or none",
            "member",
            "What somebody gets who signs in for the first time; none: nothing until an admin gives them a role.",
            (auth, text) =>
                text == "none" || SiteRoles.IsKnown(text)
                    ? (auth with { DefaultRole = text }, null)
                    : (auth, $"'{text}' is no role; known: {string.Join(", ", SiteRoles.All)}, none")
        ) with
        {
            Schema = Choice([.. SiteRoles.All, "none"]),
        },
        Many(
            "auth.admins",
            "list of addresses",
            "Who becomes an admin when they sign in for the first time.",
            (auth, texts) =>
            {
                var admins = new List<string>();
                foreach (var text in texts)
                {
                    if (EmailAddress.NormaliseUserName(text, out var problem) is not { } address)
                        return (auth, $"'{text}': {problem}");
                    admins.Add(address);
                }
                return (auth with { Admins = admins }, null);
            }
        ),
        One(
            "server.public_url",
            "http(s)://HOST[:PORT]",
            "none",
            "The address that people use. Links, redirects and the check of Origin are made from it, never from a request.",
            (auth, text) =>
                Origin(text) is { } url ? (auth with { PublicUrl = url }, null) : (auth, $"'{text}' is not scheme, host and port alone")
        ) with
        {
            Schema = OriginSchema,
        },
        Many(
            "server.cors_origins",
            "list of origins",
            "Exact origins of other web pages that may read answers; they still need a token of their own.",
            (auth, texts) =>
                texts.FirstOrDefault(text => Origin(text) is null) is { } wrong
                    ? (auth, $"'{wrong}' is no exact origin; wildcards are not possible; an example: https://tools.example.com")
                    : (auth with { CorsOrigins = [.. texts.Select(text => Origin(text)!.GetLeftPart(UriPartial.Authority))] }, null)
        ),
        One(
            "security.admin_view",
            "reason or never",
            "reason",
            "Whether admins may look into others' terminals, files and recordings: with a recorded reason, or never.",
            (auth, text) =>
                text is "reason" or "never"
                    ? (auth with { AdminView = text == "reason" }, null)
                    : (auth, $"'{text}' is neither reason nor never")
        ) with
        {
            Schema = Choice(["reason", "never"]),
        },
    ];

    private static string Choice(IReadOnlyList<string> values) => $$"""{ "enum": ["{{string.Join("\", \"", values)}}"] }""";

    /// <summary>What is wrong with them together.</summary>
    internal static IEnumerable<string> Problems(ServerOptions options)
    {
        var auth = options.Auth;
        var remote = options.Listen is { } listen && !IPAddress.IsLoopback(listen.Address);
        if (auth.Mode == "local" && remote && !auth.AllowRemote)
            yield return $"auth.local.allow_remote: the local mode listens on loopback alone, not on {options.Listen}. Use a loopback address or "
                + "another auth.mode, or set auth.local.allow_remote: true behind TLS.";
        if (auth.Mode == "local" && remote && auth.AllowRemote && auth.PublicUrl?.Scheme != "https")
            yield return "server.public_url: is missing or not https; auth.local.allow_remote is allowed behind TLS only.";
        if (auth.Mode == "proxy" && auth.Trusted.Count == 0)
            yield return "auth.proxy.trusted: is missing; auth.mode proxy believes headers of named proxies only.";
        if (auth.Mode == "oidc" && auth.Oidc.Count == 0)
            yield return "auth.oidc: is missing; auth.mode oidc needs a provider.";
        if (auth.Mode != "local" && auth.PublicUrl is null)
            yield return $"server.public_url: is missing; auth.mode {auth.Mode} needs the address that people use.";
        foreach (var open in auth.Trusted.Where(network => network.PrefixLength == 0 && !auth.TrustAnyone))
            yield return $"auth.proxy.trusted: {open} is every address, so anybody could say who they are. Name the proxies, or set "
                + "auth.proxy.i_know_this_is_open: true.";
    }

    private static string Single(string address) => address + (address.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");

    /// <summary>An address without path, query or user.</summary>
    private static Uri? Origin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
        && !text.Contains('*', StringComparison.Ordinal)
            ? url
            : null;

    private static ServerSetting Switch(string key, string text, Func<AuthOptions, bool, AuthOptions> apply) =>
        One(
            key,
            "Boolean",
            "false",
            text,
            (auth, written) =>
                bool.TryParse(written, out var value) ? (apply(auth, value), null) : (auth, $"'{written}' is neither true nor false")
        ) with
        {
            Schema = ServerSettings.BooleanSchema,
        };

    private static ServerSetting One(
        string key,
        string type,
        string fallback,
        string text,
        Func<AuthOptions, string, (AuthOptions, string?)> apply
    ) =>
        ServerSettings.Single(
            key,
            Flag(key),
            type,
            fallback,
            text,
            (options, written) =>
            {
                var (auth, error) = apply(options.Auth, written);
                return (options with { Auth = auth }, error);
            }
        );

    private static ServerSetting Many(
        string key,
        string type,
        string text,
        Func<AuthOptions, IReadOnlyList<string>, (AuthOptions, string?)> apply
    ) =>
        ServerSettings.Single(key, Flag(key), type, "none", text, (options, _) => (options, null)) with
        {
            Repeatable = true,
            Schema = ListSchema,
            Apply = (options, texts) =>
            {
                var (auth, error) = apply(options.Auth, texts);
                return (options with { Auth = auth }, error);
            },
        };

    private static string Flag(string key) =>
        "--" + key.Replace("server.", "", StringComparison.Ordinal).Replace('.', '-').Replace('_', '-');
}
