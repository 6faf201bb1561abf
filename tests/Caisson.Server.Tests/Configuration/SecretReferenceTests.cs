using Caisson.Server.Configuration;
using Caisson.Server.Tests.Hosting;

namespace Caisson.Server.Tests.Configuration;

public sealed class SecretReferenceTests : IDisposable
{
    private const string Value = "0123456789abcdef-token";

    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    private static Task<Caisson.Credentials.Secret> ReadAsync(string reference, Func<string, string?>? variable = null) =>
        SecretReference.TryParse(reference)!.ReadAsync("server.token", variable ?? (_ => null), TestContext.Current.CancellationToken);

    [Fact]
    public async Task File_IsRead_WithoutItsLastNewline() =>
        (await ReadAsync("file:" + Secret("token", Value + "\n"))).Reveal().ShouldBe(Value);

    [Fact]
    public async Task Env_IsReadFromTheServersEnvironment() =>
        (await ReadAsync("env:API_TOKEN", name => name == "API_TOKEN" ? Value : null)).Reveal().ShouldBe(Value);

    [Fact]
    public async Task Exec_IsRunWithoutAShell() => (await ReadAsync($"exec:echo {Value} $HOME")).Reveal().ShouldBe($"{Value} $HOME");

    [Theory]
    [InlineData("file:/nowhere/token", "file")]
    [InlineData("env:UNSET", "not set")]
    [InlineData("exec:/nowhere/program", "could not be started")]
    [InlineData("exec:false", "ended with 1")]
    [InlineData("exec:true", "empty")]
    public async Task WithoutAValue_ItSaysWhy(string reference, string reason)
    {
        var failure = await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(reference));
        failure.Message.ShouldStartWith($"server.token ({reference}): ");
        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task AFileThatOthersMayRead_IsRefused()
    {
        var file = Secret("token", Value);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await Should.ThrowAsync<InvalidDataException>(() => ReadAsync("file:" + file))).Message.ShouldContain("chmod 600");
    }

    [Theory]
    [InlineData("s3cret-in-clear")]
    [InlineData("https://example.org/s3cret")]
    [InlineData("file:")]
    public void ASecretItself_IsRefused_AndNotRepeated(string text)
    {
        home.With($"server: {{ token: \"{text}\" }}\n");
        var error = new ServerOptionsReader(name => name == "CAISSON_HOME" ? home.Path : null).Read([]).Errors.ShouldHaveSingleItem();
        error.ShouldContain("caisson.yaml:1: server.token: a secret is not written here");
        error.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task TheServer_AsksForTheReferredToken_AndMakesNoneOfItsOwn()
    {
        home.With($"server: {{ token: \"file:{Secret("api-token", Value)}\" }}\n");
        await using var server = await RealServer.StartAsync(home);

        (await server.OverTcp(Value).GetAsync("/api/v1/version")).IsSuccessStatusCode.ShouldBeTrue();
        var answer = await server.OverTcp("another-token-of-length").GetAsync("/api/v1/version");
        var refused = await answer.Content.ReadAsStringAsync();
        refused.ShouldContain("server.token");
        refused.ShouldNotContain(Value);
        File.Exists(home.File("token")).ShouldBeFalse();
    }

    [Fact]
    public async Task ATokenThatIsTooShort_EndsTheStart_WithoutBeingShown()
    {
        home.With($"server: {{ token: \"file:{Secret("api-token", "shorty")}\" }}\n");
        var (code, _, errors) = await RealServer.RunAsync(home, "--listen", "127.0.0.1:0");
        code.ShouldBe(78);
        errors.ShouldContain("at least 16");
        errors.ShouldNotContain("shorty");
    }

    private string Secret(string name, string value)
    {
        var file = home.File(name);
        File.WriteAllText(file, value);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
