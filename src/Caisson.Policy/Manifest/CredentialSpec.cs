namespace Caisson.Policy.Manifest;

/// <summary>Where a credential's value comes from.</summary>
public enum CredentialSourceKind
{
    /// <summary>A variable of the server user.</summary>
    Env,

    /// <summary>A file of the server user.</summary>
    File,

    /// <summary>Asked once per launch.</summary>
    Prompt,

    /// <summary>Caisson's own store.</summary>
    Store,

    /// <summary>The login of an agent's CLI on this machine; not written in policies, comes with <c>agent.forward_login</c>.</summary>
    Login,
}

/// <param name="Value">The variable, the absolute path, the question (may be empty), the name in the store, or the absolute path of the login's file.</param>
public sealed record CredentialSource(CredentialSourceKind Kind, string Value);

/// <summary>How a credential is put into a request.</summary>
public enum CredentialScheme
{
    Bearer,
    Token,
    Basic,
    Header,
    Query,
}

/// <summary>A place that a credential may go to.</summary>
/// <param name="Host">Exact, <c>*.</c> or <c>**.</c>, lower case.</param>
/// <param name="Port">Null: 443.</param>
/// <param name="PathPrefix">Null: every path.</param>
/// <param name="Methods">Upper case, <c>read</c> expanded. Empty: every method.</param>
public sealed record BindSpec(string Host, int? Port, string? PathPrefix, IReadOnlyList<string> Methods, Origin Origin);

/// <summary>A block of <c>credentials</c>. It names where the value is found and never holds it.</summary>
public sealed record CredentialSpec
{
    public required string Name { get; init; }
    public required CredentialSource Source { get; init; }
    public required CredentialScheme Scheme { get; init; }

    /// <summary>Header or query parameter.</summary>
    public string? FieldName { get; init; }

    /// <summary>What stands before the value in the header.</summary>
    public string? Prefix { get; init; }

    /// <summary>User of Basic.</summary>
    public string? User { get; init; }
    public required IReadOnlyList<BindSpec> Bind { get; init; }

    /// <summary>Whether a launch fails without the value. Otherwise only the routes that need it do.</summary>
    public bool Required { get; init; } = true;
    public required Origin Origin { get; init; }
}
