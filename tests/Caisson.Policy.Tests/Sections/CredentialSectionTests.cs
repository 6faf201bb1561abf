using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Sections;

public sealed class CredentialSectionTests
{
    [Theory]
    [InlineData("env: KEY", CredentialSourceKind.Env, "KEY")]
    [InlineData("file: ~/key", CredentialSourceKind.File, "/home/dev/key")]
    [InlineData("file: /run/key", CredentialSourceKind.File, "/run/key")]
    [InlineData("prompt: true", CredentialSourceKind.Prompt, "")]
    [InlineData("prompt: Your key", CredentialSourceKind.Prompt, "Your key")]
    [InlineData("store: true", CredentialSourceKind.Store, "key")]
    [InlineData("store: other", CredentialSourceKind.Store, "other")]
    public void Reads_EverySource(string source, CredentialSourceKind kind, string value) =>
        Text.Good($"credentials:\n  key: {{ {source}, scheme: bearer, bind: [{{ host: a.example }}] }}")
            .Credentials.ShouldHaveSingleItem()
            .Source.ShouldBe(new CredentialSource(kind, value));

    [Fact]
    public void Reads_AFullBlock()
    {
        var credential = Text.Good(
                """
                credentials:
                  key:
                    env: KEY
                    scheme: basic
                    user: robot
                    required: false
                    bind:
                      - { host: '*.A.example', port: 8443, path: /api, methods: [read, post] }
                """
            )
            .Credentials.ShouldHaveSingleItem();
        (credential.Scheme, credential.User, credential.Required).ShouldBe((CredentialScheme.Basic, "robot", false));
        var bind = credential.Bind.ShouldHaveSingleItem();
        (bind.Host, bind.Port, bind.PathPrefix).ShouldBe(("*.a.example", 8443, "/api"));
        bind.Methods.ShouldBe(["GET", "HEAD", "OPTIONS", "POST"]);
    }

    [Theory]
    [InlineData("{}", "is empty")]
    [InlineData("", "is empty")]
    [InlineData("{ scheme: bearer, bind: [{ host: a.example }] }", "no source")]
    [InlineData("{ env: A, file: /x, scheme: bearer, bind: [{ host: a.example }] }", "2 sources")]
    [InlineData("{ envv: A, env: A, scheme: bearer, bind: [{ host: a.example }] }", "did you mean 'env'")]
    [InlineData("{ env: A, bind: [{ host: a.example }] }", "scheme is missing")]
    [InlineData("{ env: A, scheme: bearer }", "bind is missing")]
    [InlineData("{ env: A, scheme: bearer, bind: [] }", "empty list")]
    [InlineData("{ env: A, scheme: bearer, bind: [{ port: 443 }] }", "host is missing")]
    [InlineData("{ env: A, scheme: bearer, bind: [{ host: '*' }] }", "every host")]
    [InlineData("{ env: A, scheme: bearer, bind: [{ host: a.example, path: x }] }", "begin with '/'")]
    [InlineData("{ env: A, scheme: header, bind: [{ host: a.example }] }", "needs `name`")]
    [InlineData("{ env: A, scheme: header, name: 'a b', bind: [{ host: a.example }] }", "name of a header")]
    [InlineData("{ env: A, scheme: header, name: Host, bind: [{ host: a.example }] }", "name of a header")]
    [InlineData("{ env: A, scheme: query, name: 'a=b', bind: [{ host: a.example }] }", "query parameter")]
    [InlineData("{ env: A, scheme: bearer, name: x, bind: [{ host: a.example }] }", "belongs to scheme header and query")]
    [InlineData("{ env: A, scheme: bearer, user: x, bind: [{ host: a.example }] }", "belongs to scheme basic")]
    [InlineData("{ env: A, scheme: basic, bind: [{ host: a.example }] }", "needs `user`")]
    [InlineData("{ env: A, scheme: basic, user: 'a:b', bind: [{ host: a.example }] }", "':'")]
    [InlineData("{ env: A, scheme: magic, bind: [{ host: a.example }] }", "unknown value 'magic'")]
    [InlineData("{ env: 'A B', scheme: bearer, bind: [{ host: a.example }] }", "name of a variable")]
    [InlineData("{ file: key, scheme: bearer, bind: [{ host: a.example }] }", "absolute")]
    [InlineData("{ prompt: false, scheme: bearer, bind: [{ host: a.example }] }", "must be true")]
    [InlineData("{ store: 'A B', scheme: bearer, bind: [{ host: a.example }] }", "name in the store")]
    public void Refuses(string block, string because) => Text.OnlyError($"credentials:\n  key: {block}").ToString().ShouldContain(because);

    [Fact]
    public void Lists_TheKindsOfSources() =>
        Text.OnlyError("credentials: { key: { scheme: bearer, bind: [{ host: a.example }] } }")
            .Allowed.ShouldBe(["env", "file", "prompt", "store"]);

    [Fact]
    public void Refuses_ABadName() => Text.OnlyError("credentials: { Key: {} }").Message.ShouldContain("^[a-z]");
}
