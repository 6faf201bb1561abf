namespace Caisson.Policy.Manifest;

/// <summary>Where the value of an environment entry comes from.</summary>
public enum EnvForm
{
    /// <summary>The text as written.</summary>
    Literal,

    /// <summary><c>?</c> or <c>?text</c>: asked for at launch.</summary>
    Ask,

    /// <summary><c>${NAME}</c>: the server user's variable.</summary>
    ServerVariable,

    /// <summary><c>{credential: name}</c>: the placeholder of a credential.</summary>
    Credential,
}

/// <summary>One entry of <c>env</c>. It holds no secret: what asks or takes a variable is resolved at launch.</summary>
/// <param name="Text">The literal, the question (may be empty), the variable's name, or the credential's name.</param>
public sealed record EnvEntry(string Name, EnvForm Form, string Text, Origin Origin)
{
    /// <summary>Whether the value is a secret that arrives in clear inside the sandbox: a risk that the plan lists.</summary>
    public bool ArrivesInClear => Form is EnvForm.Ask or EnvForm.ServerVariable;
}
