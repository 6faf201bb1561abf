using Caisson.Policy.Hosts;
using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>credentials</c>: each has exactly one source, a scheme with its fields, and the places it may go to.</summary>
internal static class CredentialsReader
{
    private static readonly string[] Sources = ["env", "file", "prompt", "store"];
    private static readonly string[] SourcesLater = ["command", "keyring", "vault", "login"];
    private static readonly string[] Keys = [.. Sources, "scheme", "name", "prefix", "user", "bind", "required"];
    private static readonly string[] Later = [.. SourcesLater, "ttl", "confirm"];

    private static readonly Dictionary<string, CredentialScheme> Schemes = new(StringComparer.Ordinal)
    {
        ["bearer"] = CredentialScheme.Bearer,
        ["token"] = CredentialScheme.Token,
        ["basic"] = CredentialScheme.Basic,
        ["header"] = CredentialScheme.Header,
        ["query"] = CredentialScheme.Query,
    };

    // These say how the message is framed or where it goes; a value there would change the request itself.
    private static readonly string[] FramingHeaders =
    [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
    ];

    public static IReadOnlyList<CredentialSpec> Read(YamlNode? node, LoadContext context)
    {
        var credentials = new List<CredentialSpec>();
        foreach (var (key, value) in SectionReader.OpenFree(node, "credentials", context)?.Entries ?? [])
        {
            var path = $"credentials.{LoadContext.Shown(key.Text)}";
            if (!PolicyName.IsValid(key.Text))
                context.Error(key.Place, path, $"the name must match {PolicyName.Pattern}");
            else if (value is YamlScalar { IsNull: true } or YamlMapping { Entries.Count: 0 })
                context.Error(key.Place, path, "is empty; it needs a source, a scheme and bind", null, Sources);
            else if (SectionReader.Open(value, path, context, Keys, Later) is { } section && One(key.Text, section) is { } credential)
                credentials.Add(credential);
        }
        return credentials;
    }

    /// <summary>A reference to a credential by name; whether it exists is known when all policies are together.</summary>
    public static Setting<string>? Name(SectionReader section, string key)
    {
        var name = section.Text(key);
        if (name is null || PolicyName.IsValid(name.Value))
            return name;
        section.Error(key, $"must be the name of a credential ({PolicyName.Pattern})");
        return null;
    }

    private static CredentialSpec? One(string name, SectionReader section)
    {
        var source = Source(name, section);
        var bind = Bind(section);
        if (!section.Has("scheme"))
        {
            var message = "scheme is missing: it says how the value is put into requests";
            section.Context.Error(section.Place, section.Path, message, null, [.. Schemes.Keys]);
        }
        var scheme = Scheme(section);
        if (scheme is not null)
            Fields(section, scheme.Value);
        if (source is null || scheme is null || bind.Count == 0)
            return null;
        return new CredentialSpec
        {
            Name = name,
            Source = source,
            Scheme = scheme.Value,
            FieldName = section.Text("name")?.Value,
            Prefix = section.Text("prefix")?.Value,
            User = section.Text("user")?.Value,
            Bind = bind,
            Required = section.Boolean("required")?.Value ?? true,
            Origin = section.Origin,
        };
    }

    private static CredentialScheme? Scheme(SectionReader section) => section.Choice("scheme", Schemes, ["body", "sigv4", "oauth2"])?.Value;

    private static CredentialSource? Source(string name, SectionReader section)
    {
        var given = Sources.Where(section.Has).ToArray();
        var later = SourcesLater.Count(section.Has);
        if (given.Length + later != 1)
        {
            var message =
                given.Length + later == 0
                    ? "has no source; it needs exactly one"
                    : $"has {given.Length + later} sources; it needs exactly one";
            section.Context.Error(section.Place, section.Path, message, null, [.. Sources]);
            return null;
        }
        return given.Length == 0 ? null : SourceOf(name, given[0], section);
    }

    private static CredentialSource? SourceOf(string name, string kind, SectionReader section)
    {
        // `prompt: true` and `store: true` need no text of their own.
        var flag = kind is "prompt" or "store" && section.Find(kind) is YamlScalar { IsPlain: true, Text: "true" };
        var text = flag ? "" : section.Text(kind)?.Value;
        if (text is null)
            return null;
        switch (kind)
        {
            case "env" when !EnvReader.IsVariableName(text):
                section.Error(kind, "must be the name of a variable of the server's user, for example `env: ANTHROPIC_API_KEY`");
                return null;
            case "file" when !(text is ['/', ..] or ['~', '/', ..]):
                section.Error(kind, "must be an absolute path, or begin with ~/");
                return null;
            case "store" when text.Length > 0 && !PolicyName.IsValid(text):
                section.Error(kind, $"must be true or a name in the store ({PolicyName.Pattern})");
                return null;
            case "prompt" when section.Find(kind) is YamlScalar { IsPlain: true, Text: "false" }:
                section.Error(kind, "must be true or the text of the question");
                return null;
        }
        return kind switch
        {
            "env" => new CredentialSource(CredentialSourceKind.Env, text),
            "file" => new CredentialSource(CredentialSourceKind.File, section.Context.Options.Absolute(text, section.Context.File)),
            "prompt" => new CredentialSource(CredentialSourceKind.Prompt, text),
            _ => new CredentialSource(CredentialSourceKind.Store, text.Length > 0 ? text : name),
        };
    }

    private static void Fields(SectionReader section, CredentialScheme scheme)
    {
        var named = scheme is CredentialScheme.Header or CredentialScheme.Query;
        var word = scheme.ToString().ToLowerInvariant();
        if (named && !section.Has("name"))
            section.Context.Error(
                section.Place,
                section.Path,
                $"scheme {word} needs `name`: the {(scheme == CredentialScheme.Header ? "header" : "query parameter")} to set"
            );
        Only(section, "name", named, "header and query", word);
        Only(section, "prefix", scheme == CredentialScheme.Header, "header", word);
        Only(section, "user", scheme == CredentialScheme.Basic, "basic", word);
        if (scheme == CredentialScheme.Basic && !section.Has("user"))
            section.Context.Error(section.Place, section.Path, "scheme basic needs `user`");
        if (section.Text("user")?.Value is { } user && user.AsSpan().ContainsAny(':', '\r', '\n'))
            section.Error("user", "holds ':' or a newline");
        if (section.Text("prefix")?.Value is { } prefix && prefix.Any(character => character is < ' ' or > '~'))
            section.Error("prefix", "holds a character that no header value has");
        if (section.Text("name")?.Value is not { } name)
            return;
        if (scheme == CredentialScheme.Header && (!Tokens.IsToken(name) || FramingHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)))
            section.Error("name", "must be the name of a header that carries a credential, for example `x-api-key`");
        else if (
            scheme == CredentialScheme.Query
            && (name.Length is 0 or > 200 || name.Any(character => character is <= ' ' or > '~' or '&' or '=' or '#'))
        )
            section.Error("name", "must be the name of a query parameter, for example `key`");
    }

    private static void Only(SectionReader section, string key, bool fits, string schemes, string scheme)
    {
        if (!fits && section.Has(key))
            section.Error(key, $"belongs to scheme {schemes}, not to {scheme}");
    }

    private static IReadOnlyList<BindSpec> Bind(SectionReader section)
    {
        if (!section.Has("bind"))
        {
            const string Message = "bind is missing: it names where the value may go, for example `bind: [{ host: api.example.com }]`";
            section.Context.Error(section.Place, section.Path, Message);
        }
        return [.. section.Items("bind").Select(item => BindOf(item.Node, item.Path, section.Context)).OfType<BindSpec>()];
    }

    private static BindSpec? BindOf(YamlNode node, string path, LoadContext context)
    {
        var section = SectionReader.Open(node, path, context, ["host", "port", "path", "methods"]);
        if (section is null)
            return null;
        if (!section.Has("host"))
            section.Context.Error(section.Place, path, "host is missing");
        var prefix = section.Text("path");
        if (prefix is not null && !prefix.Value.StartsWith('/'))
            section.Error("path", "must begin with '/'");
        var methods = Tokens.Methods(section, "methods");
        var port = section.Whole("port", 1, 65535, "443");
        if (section.Text("host") is not { } host)
            return null;
        if (!HostPattern.TryParse(host.Value, out var pattern, out var problem))
        {
            section.Error("host", $"the host {problem}");
            return null;
        }
        return new BindSpec(pattern.ToString(), port?.Value, prefix?.Value, methods, section.Origin);
    }
}
