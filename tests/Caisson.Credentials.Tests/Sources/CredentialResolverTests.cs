using Caisson.Credentials.Sources;
using Caisson.Credentials.Store;
using Caisson.Policy.Manifest;

namespace Caisson.Credentials.Tests.Sources;

public sealed class CredentialResolverTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public void Env_ReadsTheServersVariable() =>
        Given
            .Resolver(directory, ("KEY", "value"))
            .Resolve(Given.Credential(CredentialSourceKind.Env, "KEY"), null)
            .Secret!.Reveal()
            .ShouldBe("value");

    [Fact]
    public void Env_UnsetOrEmpty_SaysWhichVariable()
    {
        var resolver = Given.Resolver(directory, ("EMPTY", ""));
        var unset = resolver.Resolve(Given.Credential(CredentialSourceKind.Env, "UNSET"), null);
        unset.Secret.ShouldBeNull();
        unset.Unavailable.ShouldBe("Credential key (variable UNSET): the server's environment has no such variable.");
        resolver.Resolve(Given.Credential(CredentialSourceKind.Env, "EMPTY"), null).Unavailable!.ShouldContain("is empty");
    }

    [Fact]
    public void ValuesOfAProvider_ComeFirst()
    {
        var lookup = EnvironmentLookup.Overlay(
            new Dictionary<string, string> { ["A"] = "provided" },
            Given.Environment(("A", "own"), ("B", "own"))
        );
        (lookup("A"), lookup("B"), lookup("C")).ShouldBe(("provided", "own", null));
    }

    [Theory]
    [InlineData("value\n", "value")]
    [InlineData("value\n\n", "value\n")]
    [InlineData("value\r\n", "value")]
    [InlineData("value", "value")]
    [InlineData(" value ", " value ")]
    public void File_DropsOneNewline(string content, string value)
    {
        var file = directory.File("key", content);
        Given.Resolver(directory).Resolve(Given.Credential(CredentialSourceKind.File, file), null).Secret!.Reveal().ShouldBe(value);
    }

    [Fact]
    public void File_IsReadAgain_AfterAChange()
    {
        var file = directory.File("key", "one");
        var resolver = Given.Resolver(directory);
        var credential = Given.Credential(CredentialSourceKind.File, file);
        resolver.Resolve(credential, null).Secret!.Reveal().ShouldBe("one");
        directory.File("key", "two");
        resolver.Resolve(credential, null).Secret!.Reveal().ShouldBe("two");
        var other = directory.File("other", "three");
        File.Move(other, file, overwrite: true);
        resolver.Resolve(credential, null).Secret!.Reveal().ShouldBe("three");
        File.Delete(file);
        resolver.Resolve(credential, null).Secret.ShouldBeNull("a file that is gone has no value, whatever was read before");
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, "0440")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, "0700")]
    public void File_WithALooseMode_IsRefused(UnixFileMode mode, string shown)
    {
        var file = directory.File("key", "value", mode);
        var refused = Given.Resolver(directory).Resolve(Given.Credential(CredentialSourceKind.File, file), null);
        refused.Secret.ShouldBeNull();
        if (shown != "0440")
            refused.Unavailable!.ShouldContain($"has mode {shown}");
        refused.Unavailable!.ShouldNotContain("value.");
    }

    [Fact]
    public void File_LoosenedLater_IsRefusedFromThen()
    {
        var file = directory.File("key", "value");
        var resolver = Given.Resolver(directory);
        resolver.Resolve(Given.Credential(CredentialSourceKind.File, file), null).Secret.ShouldNotBeNull();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        resolver.Resolve(Given.Credential(CredentialSourceKind.File, file), null).Unavailable!.ShouldContain("chmod 600");
    }

    [Fact]
    public void File_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root to give a file away");
        var file = directory.File("key", "value");
        Process("chown", "12345", file);
        Given
            .Resolver(directory)
            .Resolve(Given.Credential(CredentialSourceKind.File, file), null)
            .Unavailable!.ShouldContain("belongs to user 12345");
    }

    [Fact]
    public void File_ThatIsNone_IsRefused_WithoutWaiting()
    {
        var resolver = Given.Resolver(directory);
        var pipe = Path.Combine(directory.Path, "pipe");
        Process("mkfifo", "-m", "600", pipe);
        resolver.Resolve(Given.Credential(CredentialSourceKind.File, pipe), null).Unavailable!.ShouldContain("no regular file");
        resolver.Resolve(Given.Credential(CredentialSourceKind.File, directory.Path), null).Unavailable!.ShouldContain("no regular file");
        resolver
            .Resolve(Given.Credential(CredentialSourceKind.File, directory.Path + "/none"), null)
            .Unavailable!.ShouldContain("can't be read");
        resolver
            .Resolve(Given.Credential(CredentialSourceKind.File, directory.File("big", new string('x', 70_000))), null)
            .Unavailable!.ShouldContain("larger");
        resolver
            .Resolve(Given.Credential(CredentialSourceKind.File, directory.File("empty", "\n")), null)
            .Unavailable!.ShouldContain("empty");
    }

    [Fact]
    public void Prompt_IsTheAnswerGivenAtLaunch()
    {
        var resolver = Given.Resolver(directory);
        var credential = Given.Credential(CredentialSourceKind.Prompt, "Your key");
        resolver.Resolve(credential, new Secret("typed")).Secret!.Reveal().ShouldBe("typed");
        resolver.Resolve(credential, null).Unavailable!.ShouldContain("asked for at launch");
        resolver.Resolve(credential, new Secret("")).Secret.ShouldBeNull();
    }

    [Fact]
    public void Store_IsReadByName()
    {
        var store = new CredentialStore(directory.Path, TimeProvider.System);
        store.Set("mine", new Secret("kept")).Done.ShouldBeTrue();
        var resolver = new CredentialResolver(Given.Environment(), store, TimeProvider.System);
        resolver.Resolve(Given.Credential(CredentialSourceKind.Store, "mine"), null).Secret!.Reveal().ShouldBe("kept");
        resolver
            .Resolve(Given.Credential(CredentialSourceKind.Store, "other"), null)
            .Unavailable!.ShouldContain("caisson credential set other");
    }

    private static void Process(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    public void Dispose() => directory.Dispose();
}
