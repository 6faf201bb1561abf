using System.Net;
using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;
using Caisson.Policy.Loading;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Sections;

/// <summary>Reads <c>routes</c>.</summary>
internal static class RoutesReader
{
    private static readonly string[] Keys =
    [
        "host",
        "ports",
        "protocol",
        "tls",
        "match",
        "deny",
        "credential",
        "git",
        "allow_private",
        "upstream_ca",
        "mode",
        "comment",
        "detect",
    ];

    private static readonly string[] Later = ["limits", "binary", "dns"];

    private static readonly Dictionary<string, RouteProtocol> Protocols = new(StringComparer.Ordinal)
    {
        ["http"] = RouteProtocol.Http,
        ["websocket"] = RouteProtocol.WebSocket,
        ["tcp"] = RouteProtocol.Tcp,
    };

    private static readonly Dictionary<string, TlsMode> TlsModes = new(StringComparer.Ordinal)
    {
        ["intercept"] = TlsMode.Intercept,
        ["passthrough"] = TlsMode.Passthrough,
    };

    private static readonly Dictionary<string, bool> OnlyNone = new(StringComparer.Ordinal) { ["none"] = true };
    private static readonly Dictionary<string, bool> OnlyEnforce = new(StringComparer.Ordinal) { ["enforce"] = true };

    public static IReadOnlyList<Route> Read(YamlNode? node, LoadContext context)
    {
        if (node is null or YamlSequence { Items.Count: 0 })
            return [];
        if (node is not YamlSequence list)
        {
            context.Error(node.Place, "routes", $"must be a list, and is {node.Kind}");
            return [];
        }
        var routes = new List<Route>();
        for (var index = 0; index < list.Items.Count; index++)
        {
            if (One(list.Items[index], $"routes[{index}]", context) is { } route)
                routes.Add(route);
        }
        ReportDoubles(routes, context);
        return routes;
    }

    private static Route? One(YamlNode node, string path, LoadContext context)
    {
        var section = SectionReader.Open(node, path, context, Keys, Later);
        if (section is null)
            return null;
        _ = section.Choice("git", OnlyNone, ["fetch"]);
        _ = section.Choice("mode", OnlyEnforce, ["observe"]);
        var host = Host(section);
        var protocol = section.Choice("protocol", Protocols, ["grpc", "mcp", "graphql", "ssh"])?.Value ?? RouteProtocol.Http;
        var route = new Route
        {
            Host = host ?? "",
            Ports = Ports(section),
            Protocol = protocol,
            Tls = section.Choice("tls", TlsModes)?.Value ?? TlsMode.Intercept,
            Match = MatchReader.Read(section, "match"),
            Deny = MatchReader.Read(section, "deny"),
            Credential = CredentialsReader.Name(section, "credential")?.Value,
            AllowPrivate = Ranges(section),
            UpstreamCa = UpstreamCaFile.Read(section, "upstream_ca"),
            Detect = DetectReader.Read(section.Find("detect"), $"{path}.detect", context),
            Comment = section.Text("comment")?.Value,
            Label = path,
            Origin = section.Origin,
        };
        Combination(section, route);
        if (host is not null && CredentialChoice.Conflict(route) is { } conflict)
            context.Error(section.PlaceOf("match"), $"{path}.match", conflict.Message);
        return host is null ? null : route;
    }

    private static string? Host(SectionReader section)
    {
        if (!section.Has("host"))
        {
            section.Context.Error(section.Place, section.Path, "host is missing: a route names the host it allows");
            return null;
        }
        if (section.Text("host") is not { } host)
            return null;
        if (host.Value.Contains("://", StringComparison.Ordinal))
            section.Error("host", "must be a host alone, without scheme or path; paths are written under `match`");
        else if (!HostPattern.TryParse(host.Value, out var pattern, out var problem))
            section.Error("host", $"the host {problem}");
        else if (
            pattern.Suffix == ReservedNames.InternalHost
            || pattern.Suffix.EndsWith("." + ReservedNames.InternalHost, StringComparison.Ordinal)
        )
            section.Error("host", $"{ReservedNames.InternalHost} is reserved: it answers inside every sandbox and no route can claim it");
        else
            return pattern.ToString();
        return null;
    }

    private static IReadOnlyList<int> Ports(SectionReader section)
    {
        if (!section.Has("ports"))
            return [80, 443];
        var ports = new List<int>();
        foreach (var (node, path) in section.Items("ports"))
        {
            if (SectionValues.WholeOf(node, 1, 65535) is not { } port)
                section.Context.Error(node.Place, path, "must be a port from 1 to 65535");
            else if (ports.Contains(port))
                section.Context.Error(node.Place, path, $"the port {port} stands twice");
            else
                ports.Add(port);
        }
        return ports;
    }

    private static IReadOnlyList<string> Ranges(SectionReader section)
    {
        var ranges = new List<string>();
        foreach (var (node, path) in section.Items("allow_private"))
        {
            if (SectionValues.TextOf(node, path, section.Context) is not { } text)
                continue;
            // Newer runtimes quietly clear host bits; a range that isn't what it says is refused on all.
            var exact = IPAddress.TryParse(text.Split('/')[0], out var first);
            if (exact && IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(first))
                ranges.Add(network.ToString());
            else if (IPAddress.TryParse(text, out var address))
                ranges.Add($"{address}/{(address.GetAddressBytes().Length * 8)}");
            else
                section.Context.Error(node.Place, path, "must be a range of addresses whose host bits are zero, for example `10.1.0.0/16`");
        }
        return ranges;
    }

    // What is relayed unread can't be judged by path, nor can a value be put into it.
    private static void Combination(SectionReader section, Route route)
    {
        var opaque =
            route.Protocol == RouteProtocol.Tcp ? "protocol: tcp"
            : route.Tls == TlsMode.Passthrough ? "tls: passthrough"
            : null;
        if (opaque is null)
            return;
        foreach (var key in new[] { "match", "deny", "credential", "detect" })
        {
            if (section.Has(key))
                section.Error(key, $"can't be combined with `{opaque}`, because the gateway doesn't look into what it relays");
        }
        if (route.Protocol == RouteProtocol.Tcp && !section.Has("ports"))
            section.Error("ports", "is missing: a tcp route names its ports");
        if (route.Protocol == RouteProtocol.Tcp && section.Has("tls"))
            section.Error("tls", "can't be combined with `protocol: tcp`");
    }

    private static void ReportDoubles(List<Route> routes, LoadContext context)
    {
        for (var later = 1; later < routes.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                var (one, two) = (routes[earlier], routes[later]);
                var shared = one.Ports.Intersect(two.Ports).Take(1).ToArray();
                if (one.Host != two.Host || one.Protocol != two.Protocol || shared.Length == 0)
                    continue;
                var place = new Place(two.Origin.Line, two.Origin.Column);
                var message =
                    $"{two.Host} port {shared[0]} already has a route in line {one.Origin.Line}; write one route with several match entries, each with its own credential";
                context.Error(place, two.Label!, message);
                break;
            }
        }
    }
}
