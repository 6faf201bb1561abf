using System.Text;

namespace Caisson.Credentials.Injection;

/// <summary>
/// What injecting a credential does to a request: what of the agent's own is removed first, in any case and any repetition, and what is set last.
/// Exactly one of header and parameter is set. Holds the value: it is made when the request is sent, and never logged.
/// </summary>
public sealed class InjectionPlan
{
    private readonly string value;

    private InjectionPlan(string? header, string? parameter, string value)
    {
        Header = header;
        Parameter = parameter;
        this.value = value;
    }

    /// <summary>The header to remove and set, or null.</summary>
    public string? Header { get; }

    /// <summary>The query parameter to remove and set, or null.</summary>
    public string? Parameter { get; }

    /// <summary>The header that a scheme sets, known before there is a value.</summary>
    public static string? HeaderOf(InjectionScheme scheme) =>
        scheme.Kind switch
        {
            InjectionKind.Query => null,
            InjectionKind.Header => scheme.Name,
            _ => "Authorization",
        };

    /// <summary>The query parameter that a scheme sets, known before there is a value.</summary>
    public static string? ParameterOf(InjectionScheme scheme) => scheme.Kind == InjectionKind.Query ? scheme.Name : null;

    /// <summary>Plans an injection. Null where the value holds a control character, which would make it more than one header.</summary>
    /// <param name="scheme">From the policy.</param>
    /// <param name="secret">The value.</param>
    /// <param name="placeholder">What the agent knows instead.</param>
    /// <param name="authorization">
    /// The agent's own <c>Authorization</c> header, or null. For <see cref="InjectionKind.Basic"/> a placeholder in it, as user or as password, is
    /// replaced where it stands and the other half kept, because some services take the value as the user.
    /// </param>
    public static InjectionPlan? For(InjectionScheme scheme, Secret secret, string placeholder, string? authorization = null)
    {
        foreach (var unit in secret.RevealBytes())
        {
            if (unit is < 0x20 or 0x7f && scheme.Kind is not (InjectionKind.Query or InjectionKind.Basic))
                return null;
        }
        return scheme.Kind switch
        {
            InjectionKind.Bearer => new InjectionPlan("Authorization", null, "Bearer " + secret.Reveal()),
            InjectionKind.Token => new InjectionPlan("Authorization", null, "token " + secret.Reveal()),
            InjectionKind.Basic => new InjectionPlan("Authorization", null, Basic(scheme, secret, placeholder, authorization)),
            InjectionKind.Header => new InjectionPlan(scheme.Name, null, scheme.Prefix + secret.Reveal()),
            _ => new InjectionPlan(null, scheme.Name, secret.Reveal()),
        };
    }

    /// <summary>The value of <see cref="Header"/>.</summary>
    public string HeaderValue() => Header is null ? throw new InvalidOperationException("a query parameter is set, no header") : value;

    /// <summary>The query to send: every parameter of the name removed, in any spelling, and the value at the end.</summary>
    /// <param name="query">As sent, with its question mark, or empty.</param>
    public string RewriteQuery(string query)
    {
        if (Parameter is null)
            throw new InvalidOperationException("a header is set, no query parameter");
        var kept = WithoutParameter(query, Parameter);
        return (kept.Length > 1 ? kept + "&" : "?") + Uri.EscapeDataString(Parameter) + "=" + Uri.EscapeDataString(value);
    }

    /// <summary>A query without one parameter; what remains keeps its bytes and order. Empty where nothing remains.</summary>
    public static string WithoutParameter(string query, string name)
    {
        if (query.Length < 2)
            return "";
        var kept = query[1..].Split('&').Where(pair => !Names(pair, name));
        var joined = string.Join('&', kept);
        return joined.Length == 0 ? "" : "?" + joined;
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    private static bool Names(string pair, string name)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        var written = equals < 0 ? pair : pair[..equals];
        return string.Equals(Uri.UnescapeDataString(written.Replace('+', ' ')), name, StringComparison.OrdinalIgnoreCase);
    }

    private static string Basic(InjectionScheme scheme, Secret secret, string placeholder, string? authorization)
    {
        var (user, password) = (scheme.User ?? "", secret.Reveal());
        if (Decode(authorization) is { } own && own.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
        {
            var (ownUser, ownPassword) = (own[..colon], own[(colon + 1)..]);
            if (ownUser == placeholder)
                (user, password) = (secret.Reveal(), ownPassword == placeholder ? secret.Reveal() : ownPassword);
            else if (ownPassword == placeholder)
                user = ownUser;
        }
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
    }

    private static string? Decode(string? authorization)
    {
        const string Scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[authorization.Length];
        return Convert.TryFromBase64Chars(authorization.AsSpan(Scheme.Length).Trim(), bytes, out var written)
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : null;
    }
}
