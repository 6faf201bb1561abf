using System.Buffers;
using System.Text;
using Caisson.Credentials.Injection;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Gateway.Http;
using Caisson.Policy.Decisions;
using Caisson.Policy.Manifest;

namespace Caisson.Gateway.Scanning;

/// <summary>
/// Looks through everything of a request but its body: method, host, path, query, and each header's name and value, as one text, so that what is cut up over several is
/// found, too. The header and parameter that the gateway replaces are left out, for they don't leave.
/// </summary>
internal static class HeadScan
{
    private const string Header = "header ";

    // Where a program signs in with what its user gave it. A value of one of the sandbox's credentials counts here as anywhere.
    private static readonly HashSet<string> SignIn = new(StringComparer.OrdinalIgnoreCase)
    {
        "header Authorization",
        "header Cookie",
        "header api-key",
        "header x-api-key",
        "header x-goog-api-key",
        "header Private-Token",
    };

    /// <returns>The first finding that denies, or null. What only warns is added to the request.</returns>
    public static Decision? Check(ExitRequest request)
    {
        var writer = new ArrayBufferWriter<byte>(2048);
        var parts = new List<(int Start, string Surface)>();
        Write(request, writer, parts);
        var findings = request.Scanner.Scanner.Scan(writer.WrittenSpan);
        foreach (var finding in findings.ByWeight(finding => finding))
        {
            if (!request.Scanner.Counts(finding, request.Decision, request.Facts))
                continue;
            var (exact, _) = Redaction.Locate(request.Scanner.Scanner, writer.WrittenSpan, finding);
            var (start, surface) = parts.FindLast(part => part.Start <= exact);
            // A name that holds a secret is not told on.
            if (surface.StartsWith(Header, StringComparison.Ordinal) && exact < start + surface.Length - Header.Length)
                surface = "header name";
            var action =
                finding.Kind == FindingKind.Pattern && SignIn.Contains(surface)
                    ? new MatchAction(DetectAction.Warn, "a program's own sign-in")
                    : MatchAction.Of(finding, request.Decision.Route);
            var hit = new ScanHit(finding, surface, exact - start, action);
            request.Hits.Add(hit);
            // A head can't be forwarded without a part of it: what was asked for would be something else.
            if (hit.Action.Action != DetectAction.Warn)
                return ScanRefusal.Of(hit, request.Facts.Host);
        }
        return null;
    }

    private static void Write(ExitRequest request, ArrayBufferWriter<byte> writer, List<(int Start, string Surface)> parts)
    {
        var facts = request.Facts;
        var injected = request.Decision.Credential is { } name ? request.State.Credentials.Find(name) : null;
        var replaced = injected is null ? null : InjectionPlan.HeaderOf(injected.Scheme);
        var parameter = injected is null ? null : InjectionPlan.ParameterOf(injected.Scheme);
        Part("method", facts.Method);
        Part("host", facts.Host);
        Part("path", facts.Path);
        Part("query", parameter is null ? facts.Query : InjectionPlan.WithoutParameter(facts.Query, parameter));
        foreach (var (header, values) in request.Context.Request.Headers)
        {
            if (header[0] == ':' || string.Equals(header, replaced, StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
            {
                Part(Header + header, header);
                Add(": ");
                Add(value ?? "");
            }
        }

        void Part(string surface, string text)
        {
            if (writer.WrittenCount > 0)
                Add("\n");
            parts.Add((writer.WrittenCount, surface));
            Add(text);
        }

        // Headers are bytes; the server reads them as Latin-1.
        void Add(string text) => writer.Advance(Encoding.Latin1.GetBytes(text, writer.GetSpan(text.Length)));
    }
}
