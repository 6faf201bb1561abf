using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Api;

/// <summary>Makes requests that nobody sends who means well, from the document's own operations. The same seed makes the same requests.</summary>
internal sealed class Hostile(int seed, IReadOnlyList<ApiOperation> operations, IReadOnlyDictionary<string, string> places)
{
    private static readonly string[] Texts =
    [
        "",
        " ",
        "\0",
        "a\0b",
        "\u202ecod.exe",
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%ff%fe",
        "' OR 1=1 --",
        "\"; DROP TABLE workspaces; --",
        "<script>alert(1)</script>",
        "\u001b]0;owned\u0007\u001b[2J",
        "\r\nSet-Cookie: caisson=x",
        "{{7*7}}${7*7}",
        "\ud83d\udca3\ufe0f\u200d",
        "e\u0301\u0327",
        "\u0130\u0131\u017f\u212a",
        "NaN",
        "-1",
        "9223372036854775808",
        "1e999",
        "0x7fffffff",
        "null",
        "undefined",
        "[object Object]",
        "%s%s%n",
        "*?[!",
        "w-",
        "w-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "default",
        "con.txt",
        "\\\\host\\share",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        new('a', 70),
        new('\u00e4', 300),
        new('x', 5000),
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "0",
        "-0",
        "-1",
        "1.5",
        "1e400",
        "123456789012345678901234567890",
        "2147483648",
        "\"5\"",
        "[null]",
        "[[[[]]]]",
        "{\"a\":{\"b\":{}}}",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\u202e\\u0007\\u001b[31m\"",
        "[\"\", \"\\u0000\", 1]",
        "{\"\":\"\"}",
        "{\"__proto__\":{}}",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("If-Match", "*"),
        ("If-Match", "\"99999999999999999999\""),
        ("If-Match", "W/\"1\""),
        ("Idempotency-Key", "k"),
        ("Idempotency-Key", new string('k', 201)),
        ("X-Caisson-Reason", "\u00e4\u00f6"),
        ("Range", "bytes=5-1"),
        ("Range", "bytes=-0"),
        ("Range", "bytes=0-0,2-3"),
        ("Range", "lines=1-2"),
        ("Last-Event-ID", "-1"),
        ("Last-Event-ID", "99999999999999999999"),
        ("X-Forwarded-For", "1.2.3.4, , ::1"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Email", "root@localhost"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Content-Encoding", "gzip"),
        ("Expect", "100-continue"),
        ("Accept", "text/html;q=x"),
        ("Cookie", "caisson=; caisson=\"; x"),
        ("Upgrade", "websocket"),
        ("Origin", "null"),
        ("User-Agent", new string('u', 4000)),
    ];

    private readonly Random _random = new(seed);

    internal HttpRequestMessage Next()
    {
        var operation = Pick(operations);
        var method = _random.Next(40) == 0 ? Pick(["HEAD", "OPTIONS", "TRACE", "PROPFIND", "get"]) : operation.Method;
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Path(operation) + Query(operation), UriKind.Relative));
        for (var count = _random.Next(3); count > 0; count--)
        {
            var (name, value) = Pick(Headers);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        // With both, this client sends the body to a server that has answered without it and closed.
        if (request.Headers.ExpectContinue != true && (operation.HasBody ? _random.Next(20) > 0 : _random.Next(10) == 0))
            request.Content = Body(operation);
        return request;
    }

    /// <summary>A frame of a terminal's client: a true opcode with a false rest, or nothing that is one.</summary>
    internal byte[] Frame()
    {
        var bytes = new byte[_random.Next(4) == 0 ? _random.Next(200) : _random.Next(24)];
        _random.NextBytes(bytes);
        if (bytes.Length > 0 && _random.Next(3) > 0)
            bytes[0] = (byte)_random.Next(0, 12);
        return bytes;
    }

    internal string Text() => Pick(Texts);

    private string Path(ApiOperation operation)
    {
        var parts = operation.Path.Split('/');
        for (var index = 1; index < parts.Length; index++)
        {
            if (parts[index].StartsWith('{'))
                parts[index] =
                    _random.Next(2) == 0 && places.TryGetValue(parts[index - 1], out var known) ? known : Uri.EscapeDataString(Pick(Texts));
        }
        var path = string.Join('/', parts);
        return _random.Next(30) switch
        {
            0 => path + "/",
            1 => path.Replace("/api/", "/api//", StringComparison.Ordinal),
            2 => path + "/..%2f",
            3 => path.ToUpperInvariant(),
            _ => path,
        };
    }

    private string Query(ApiOperation operation)
    {
        var names = (operation.Node["parameters"]?.AsArray() ?? [])
            .Where(parameter => parameter!["in"]!.ToString() == "query")
            .Select(parameter => parameter!["name"]!.ToString())
            .Append(Pick(["q", "limit", "cursor", "x", "limit"]));
        var pairs = names
            .Where(_ => _random.Next(2) == 0)
            .Select(name => $"{name}={(_random.Next(12) == 0 ? "%ff%c0%af" : Uri.EscapeDataString(Pick(Texts)))}")
            .ToList();
        return pairs.Count == 0 ? "" : "?" + string.Join('&', pairs);
    }

    private HttpContent Body(ApiOperation operation)
    {
        var type = Pick([
            "application/json",
            "application/json",
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "application/xml",
            "x",
        ]);
        byte[] bytes = _random.Next(12) switch
        {
            0 => [],
            1 => [0xff, 0xfe, 0x00, 0xd8],
            2 => Encoding.UTF8.GetBytes(new string('[', 5000)),
            3 => Encoding.UTF8.GetBytes("{\"a\":" + new string('{', 100)),
            4 => Encoding.Unicode.GetBytes("{\"name\":\"x\"}"),
            5 => Encoding.UTF8.GetBytes(Pick(Values)),
            _ => Encoding.UTF8.GetBytes(Changed(operation)),
        };
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    /// <summary>The document's example with one or two members changed, doubled, gone or new.</summary>
    private string Changed(ApiOperation operation)
    {
        if (operation.Example is not JsonObject example || example.Count == 0)
            return Pick(Values);
        var members = example.Select(pair => (pair.Key, Value: pair.Value?.ToJsonString() ?? "null")).ToList();
        for (var count = 1 + _random.Next(2); count > 0; count--)
        {
            var index = _random.Next(members.Count);
            switch (_random.Next(8))
            {
                case 0:
                    members.Add((members[index].Key, Pick(Values)));
                    break;
                case 1:
                    members.Add((Pick(Texts), Pick(Values)));
                    break;
                case 2:
                    members[index] = (members[index].Key.ToUpperInvariant(), members[index].Value);
                    break;
                case 3:
                case 4:
                    members[index] = (members[index].Key, JsonValue.Create(Pick(Texts)).ToJsonString());
                    break;
                default:
                    members[index] = (members[index].Key, Pick(Values));
                    break;
            }
        }
        return $"{{{string.Join(',', members.Select(member => string.Create(CultureInfo.InvariantCulture, $"{JsonValue.Create(member.Key).ToJsonString()}:{member.Value}")))}}}";
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
