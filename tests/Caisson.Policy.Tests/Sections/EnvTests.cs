using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Sections;

public sealed class EnvTests
{
    [Theory]
    [InlineData("plain", EnvForm.Literal, "plain")]
    [InlineData("8080", EnvForm.Literal, "8080")]
    [InlineData("yes", EnvForm.Literal, "yes")]
    [InlineData("''", EnvForm.Literal, "")]
    [InlineData("'?'", EnvForm.Ask, "")]
    [InlineData("'? Your key'", EnvForm.Ask, "Your key")]
    [InlineData("?what", EnvForm.Ask, "what")]
    [InlineData("${HOME_KEY}", EnvForm.ServerVariable, "HOME_KEY")]
    [InlineData("'x${HOME}'", EnvForm.Literal, "x${HOME}")]
    [InlineData("'${A}${B}'", EnvForm.Literal, "${A}${B}")]
    [InlineData("'${1A}'", EnvForm.Literal, "${1A}")]
    [InlineData("$HOME", EnvForm.Literal, "$HOME")]
    [InlineData("\"a\\nb\"", EnvForm.Literal, "a\nb")]
    public void Reads_AllForms(string value, EnvForm form, string text)
    {
        var entry = Text.Good($"env:\n  NAME: {value}").Env.ShouldHaveSingleItem();
        (entry.Name, entry.Form, entry.Text).ShouldBe(("NAME", form, text));
    }

    [Fact]
    public void Reads_ACredentialReference()
    {
        var entry = Text.Good("env: { KEY: { credential: anthropic } }").Env.ShouldHaveSingleItem();
        (entry.Form, entry.Text, entry.ArrivesInClear).ShouldBe((EnvForm.Credential, "anthropic", false));
    }

    [Theory]
    [InlineData("CAISSON_X: a", "CAISSON_")]
    [InlineData("NODE_EXTRA_CA_CERTS: a", "set by Caisson")]
    [InlineData("SSH_AUTH_SOCK: a", "no policy can")]
    [InlineData("'A=B': a", "'='")]
    [InlineData("\"A\\nB\": a", "newline")]
    [InlineData("'': a", "no name")]
    [InlineData("A:", "has no value")]
    [InlineData("A: [x]", "must be a text")]
    [InlineData("A: {}", "empty block")]
    [InlineData("A: { cred: x }", "did you mean 'credential'")]
    [InlineData("A: \"a\\0b\"", "NUL")]
    [InlineData("A: x\n  A: y", "twice")]
    public void Refuses(string entry, string because) => Text.OnlyError($"env:\n  {entry}").ToString().ShouldContain(because);
}
