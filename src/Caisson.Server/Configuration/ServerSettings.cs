using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Caisson.Server.Configuration;

/// <summary>One setting: how it is named in each place, what it means, how text becomes a value.</summary>
/// <param name="Key">In <c>caisson.yaml</c>, dotted.</param>
/// <param name="Flag">On the command line.</param>
/// <param name="Variables">In the environment, most specific first.</param>
/// <param name="Repeatable">Whether it is a list: the flag may be repeated, the variable is split at commas.</param>
/// <param name="Structured">Its items are blocks of keys: JSON objects to <paramref name="Apply"/>, a flag and a variable.</param>
/// <param name="Apply">Puts the value into the options or returns what is wrong with it.</param>
public sealed record ServerSetting(
    string Key,
    string Flag,
    IReadOnlyList<string> Variables,
    string Type,
    string Default,
    string Text,
    bool Repeatable,
    Func<ServerOptions, IReadOnlyList<string>, (ServerOptions Options, string? Error)> Apply,
    bool Structured = false
)
{
    /// <summary>JSON Schema of its value in <c>caisson.yaml</c>; the description and the default are added.</summary>
    public string Schema { get; init; } = """{ "type": "string" }""";
}

/// <summary>The table behind the command line, the environment, <c>caisson.yaml</c> and <c>docs/configuration.md</c>.</summary>
public static class ServerSettings
{
    private const string AddressSchema = """{ "type": "string", "pattern": "^(none|.+:[0-9]{1,5})$" }""";
    internal const string BooleanSchema = """{ "type": "boolean" }""";
    internal const string SecretSchema = """{ "type": "string", "pattern": "^(file|env|exec):.+$" }""";
    private const string ResolveSchema = """
        { "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string", "pattern": "^[^:]+:[0-9]{1,5}:.+$" } }] }
        """;

    private const int MostHomeDays = 90;
    private const int MostIdleMinutes = 43_200;
    private const int MostStopSeconds = 600;
    private static readonly string[] LogLevels = ["debug", "information", "warning", "error"];

    public static IReadOnlyList<ServerSetting> All { get; } =
    [
        Single(
            "server.listen",
            "--listen",
            "ADDRESS:PORT, or none",
            "127.0.0.1:7180",
            "Where the API listens beside the Unix socket. Requests there need a session, a token, or what auth.mode asks for.",
            (options, text) =>
                text == "none" ? (options with { Listen = null }, null)
                : IPEndPoint.TryParse(text, out var point) && text.Contains(':', StringComparison.Ordinal)
                    ? (options with { Listen = point }, null)
                : (options, $"'{text}' is no address and port; an example: 127.0.0.1:7180, [::1]:7180 or none")
        ) with
        {
            Schema = AddressSchema,
        },
        Single(
            "server.token",
            "--token",
            "file:PATH, env:NAME or exec:PROGRAM ARGUMENTS",
            "none",
            "Where the bearer token of server.listen is; without it, Caisson makes one in $CAISSON_HOME/token.",
            (options, text) =>
                SecretReference.TryParse(text) is { } reference
                    ? (options with { Token = reference }, null)
                    : (options, "a secret is not written here; say where it is: file:PATH, env:NAME or exec:PROGRAM ARGUMENTS")
        ) with
        {
            Schema = SecretSchema,
        },
        Single(
            "server.insecure_http",
            "--insecure-http",
            "Boolean",
            "false",
            "Allows server.listen on an address that other machines reach, without TLS.",
            (options, text) =>
                bool.TryParse(text, out var value)
                    ? (options with { InsecureHttp = value }, null)
                    : (options, $"'{text}' is neither true nor false")
        ) with
        {
            Schema = BooleanSchema,
        },
        new(
            "gateway.resolve",
            "--resolve",
            ["CAISSON_GATEWAY__RESOLVE"],
            "list of HOST:PORT:ADDRESS[:PORT]",
            "none",
            "Resolves a name for the gateway by the operator's word, as curl's option of the same name; the private-address guard does not apply to it.",
            true,
            (options, texts) => (options with { Resolve = texts }, texts.Select(ResolveError).FirstOrDefault(error => error is not null))
        )
        {
            Schema = ResolveSchema,
        },
        Single(
            "gateway.upstream_ca",
            "--upstream-ca",
            "path of a PEM file",
            "none",
            "Certificates that upstreams are verified with, beside the system's.",
            (options, text) =>
                CertificatesError(text) is { } error ? (options, error) : (options with { UpstreamCa = Path.GetFullPath(text) }, null)
        ),
        Single(
            "driver",
            "--driver",
            "name",
            "bubblewrap",
            "The driver of sandboxes whose policy names none.",
            (options, text) =>
                text == "bubblewrap"
                    ? (options with { Driver = text }, null)
                    : (options, $"'{text}' is no driver of this version; known: bubblewrap")
        ) with
        {
            Schema = """{ "enum": ["bubblewrap"] }""",
        },
        Single(
            "workspaces.idle_minutes",
            "--idle-minutes",
            "number from 5, never, or auto",
            "auto",
            "How long a workspace runs without use before it is stopped, where its template does not say; auto: never with auth.mode local, else 60.",
            (options, text) =>
                text == "auto" ? (options with { IdleStop = null }, null)
                : text == "never" ? (options with { IdleStop = Timeout.InfiniteTimeSpan }, null)
                : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
                && minutes is >= 5 and <= MostIdleMinutes
                    ? (options with { IdleStop = TimeSpan.FromMinutes(minutes) }, null)
                : (options, $"'{text}' is neither a number of minutes from 5 to {MostIdleMinutes} nor never or auto")
        ) with
        {
            Schema = """{ "oneOf": [{ "type": "integer", "minimum": 5, "maximum": 43200 }, { "enum": ["never", "auto"] }] }""",
        },
        Single(
            "workspaces.keep_home_days",
            "--keep-home-days",
            "number from 0 to 90",
            "7",
            "How long the home of a deleted workspace is kept and can be restored; 0: it is removed at once.",
            (options, text) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= MostHomeDays
                    ? (options with { KeepHomeDays = days }, null)
                    : (options, $"'{text}' is no number of days from 0 to {MostHomeDays}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 0, "maximum": 90 }""",
        },
        Single(
            "workspaces.stop_seconds",
            "--workspace-stop-seconds",
            "number from 1 to 600",
            "30",
            "How long what runs in a workspace has to save its work when it is stopped, between SIGTERM and SIGKILL; agent.stop_grace of a policy may be longer.",
            (options, text) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 1 and <= MostStopSeconds
                    ? (options with { StopSeconds = seconds }, null)
                    : (options, $"'{text}' is no number of seconds from 1 to {MostStopSeconds}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 1, "maximum": 600 }""",
        },
        Single(
            "log.level",
            "--log-level",
            "debug, information, warning or error",
            "information",
            "The least level that $CAISSON_HOME/logs/server.log holds.",
            (options, text) =>
                LogLevels.Contains(text)
                    ? (options with { LogLevel = text }, null)
                    : (options, $"'{text}' is no level; known: {string.Join(", ", LogLevels)}")
        ) with
        {
            Schema = $$"""{ "enum": ["{{string.Join("\", \"", LogLevels)}}"] }""",
        },
        Single(
            "server.stop_seconds",
            "--stop-seconds",
            "number from 2 to 600",
            "15",
            "How long an orderly stop may take in all; requests that are under way get all but the last 5 s of it, and half of less than 10.",
            (options, text) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 2 and <= MostStopSeconds
                    ? (options with { Stop = TimeSpan.FromSeconds(seconds) }, null)
                    : (options, $"'{text}' is no number of seconds from 2 to {MostStopSeconds}")
        ) with
        {
            Schema = """{ "type": "integer", "minimum": 2, "maximum": 600 }""",
        },
        Single(
            "server.stop_workspaces",
            "--stop-workspaces",
            "Boolean",
            "false",
            "Stops workspaces and other sandboxes with the server; without it they run on, and the next server takes them over.",
            (options, text) =>
                bool.TryParse(text, out var value)
                    ? (options with { StopWorkspaces = value }, null)
                    : (options, $"'{text}' is neither true nor false")
        ) with
        {
            Schema = BooleanSchema,
        },
        .. LimitSettings.All,
        .. AuthSettings.All,
    ];

    internal static ServerSetting Single(
        string key,
        string flag,
        string type,
        string fallback,
        string text,
        Func<ServerOptions, string, (ServerOptions, string?)> apply
    ) =>
        new(
            key,
            flag,
            ["CAISSON_" + key.ToUpperInvariant().Replace(".", "__", StringComparison.Ordinal)],
            type,
            fallback,
            text,
            false,
            (options, texts) => apply(options, texts[^1])
        );

    private static string? CertificatesError(string path)
    {
        if (!File.Exists(path))
            return $"the file '{path}' does not exist or can't be read";
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? null : $"the file '{path}' holds no certificate; PEM is expected (-----BEGIN CERTIFICATE-----)";
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"the file '{path}' can't be read as PEM certificates: {exception.Message}";
        }
    }

    private static string? ResolveError(string text) => Gateway.ResolveOverride.TryParse(text, out _, out var error) ? null : error;
}
