namespace Caisson.Agents.Credentials;

/// <summary>Forms of the vendors' keys, as their consoles hand them out.</summary>
internal static class VendorKeyShapes
{
    /// <summary>108 characters, the last two always <c>AA</c>.</summary>
    internal static PlaceholderShape Anthropic(AgentCredentialKind kind) =>
        new(kind is AgentCredentialKind.Token ? "sk-ant-oat01-" : "sk-ant-api03-", 93, "AA");

    /// <summary>A project key: 164 characters.</summary>
    internal static PlaceholderShape OpenAi { get; } = new("sk-proj-", 156);

    /// <summary>The signature of a login's tokens: 255 bytes in base64url, as RSA's of 2048 bits are 256.</summary>
    internal static PlaceholderShape Signature { get; } = new("", 340);
}
