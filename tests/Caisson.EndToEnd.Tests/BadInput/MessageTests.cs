using System.Net;
using System.Net.Sockets;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.BadInput;

/// <summary>Wrong input ends in one message with place, cause and remedy and the documented exit code; nothing is started and nothing stays.</summary>
public sealed class MessageTests
{
    private const int Usage = 2;
    private const int Configuration = 78;

    [Theory]
    [InlineData("rooutes: []", "rooutes", "routes")]
    [InlineData("routes: yes please", "routes", "list")]
    [InlineData("resources: { memory: 5 }", "memory", "MiB")]
    [InlineData("extends: [other]", "extends", "not available yet")]
    public async Task APolicyWithAFault_IsRefusedWithFileAndLine(string line, string place, string remedy)
    {
        await using var home = new BareHome();
        var file = home.Write("policies/faulty.md", $"---\ndescription: Faulty\n{line}\n---\n");

        var run = await home.RunAsync("run", "--policy", "faulty", "--yes", "--", "true");

        ShouldExplain(run, Configuration, $"{file}:3", place, remedy);
        home.Left().ShouldBeEmpty();
    }

    [Fact]
    public async Task AnUnknownPolicy_IsNamed()
    {
        await using var home = new BareHome();
        home.Write("policies/web.md", Policies.Net);
        var run = await home.RunAsync("run", "--policy", "wbe", "--yes", "--", "true");
        run.Code.ShouldBeOneOf(Usage, Configuration);
        ShouldExplain(run, run.Code, "wbe");
    }

    [Fact]
    public async Task APolicyThatCanNotBeRead_IsNamed()
    {
        Assert.SkipWhen(Environment.UserName == "root", "Root can read every file.");
        await using var home = new BareHome();
        File.SetUnixFileMode(home.Write("policies/closed.md", Policies.Net), UnixFileMode.None);
        ShouldExplain(await home.RunAsync("run", "--policy", "closed", "--yes", "--", "true"), Configuration, "closed.md");
    }

    [Fact]
    public async Task APolicyThatIsADirectory_IsNamed()
    {
        await using var home = new BareHome();
        Directory.CreateDirectory(Path.Combine(home.Path, "policies", "folder.md"));
        var run = await home.RunAsync("run", "--policy", "folder", "--yes", "--", "true");
        run.Code.ShouldBeOneOf(Usage, Configuration);
        ShouldExplain(run, run.Code, "folder");
    }

    [Fact]
    public async Task ACredentialWithoutItsVariable_IsNamed()
    {
        await using var home = new BareHome();
        home.Write("policies/placeholder.md", Policies.Placeholder);
        var run = await home.RunAsync("run", "--policy", "placeholder", "--yes", "--", "true");
        ShouldExplain(run, Configuration, "ANTHROPIC_API_KEY", "export ANTHROPIC_API_KEY");
        home.Left().ShouldBeEmpty();
    }

    [Fact]
    public async Task AnUnknownAgent_IsNamed_WithTheNearest()
    {
        await using var home = new BareHome();
        ShouldExplain(await home.RunAsync("run", "cluade", "--yes"), Usage, "cluade", "claude");
    }

    [Fact]
    public async Task AnAgentThatIsNotInstalled_SaysHowToInstallIt()
    {
        await using var home = new BareHome();
        var run = await home.RunAsync("run", "claude", "--headless", "--prompt", "hello", "--yes");
        ShouldExplain(run, Configuration, "claude", "caisson agent install claude");
        home.Left().ShouldBeEmpty();
    }

    [Fact]
    public async Task APortInUse_IsNamed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var home = new BareHome($"server:\n  listen: {other.LocalEndpoint}\n");
        var serve = await home.RunAsync("serve");
        ShouldExplain(serve, 75, $"{other.LocalEndpoint} is in use", "server.listen");
        File.Exists(Path.Combine(home.Path, "caisson.sock")).ShouldBeFalse();
        var run = await home.RunAsync("run", "--yes", "--", "true");
        ShouldExplain(run, 75, $"{other.LocalEndpoint} is in use", "server.listen");
    }

    [Fact]
    public async Task ABrokenAuthorityFile_IsNamed()
    {
        await using var home = new BareHome();
        var file = home.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n");
        ShouldExplain(await home.RunAsync("serve", "--listen", "none", "--upstream-ca", file), Configuration, file);
        ShouldExplain(await home.RunAsync("serve", "--upstream-ca", "/nowhere.pem"), Configuration, "/nowhere.pem");
    }

    /// <summary>Code, words, and no trace of the program's inside.</summary>
    private static void ShouldExplain(Outcome outcome, int code, params string[] words)
    {
        outcome.Code.ShouldBe(code, outcome.All);
        outcome.Out.ShouldBeEmpty();
        foreach (var word in words)
            outcome.Error.ShouldContain(word, Case.Sensitive, outcome.All);
        outcome.Error.ShouldNotContain("   at ");
        outcome.Error.ShouldNotContain("Exception");
    }
}
