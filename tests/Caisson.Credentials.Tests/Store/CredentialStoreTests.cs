using System.Text;
using Caisson.Credentials.Store;

namespace Caisson.Credentials.Tests.Store;

public sealed class CredentialStoreTests : IDisposable
{
    private const string Value = "sk-ant-api03-the-real-value";
    private readonly TemporaryDirectory directory = new();

    private CredentialStore Store() => new(directory.Path, TimeProvider.System);

    [Fact]
    public void Gives_BackWhatWasSet_AlsoToAnotherProcess()
    {
        Store().Set("anthropic", new Secret(Value)).Problem.ShouldBeNull();
        Store().Read("anthropic").Secret!.Reveal().ShouldBe(Value);
        Store().Set("anthropic", new Secret("second")).Done.ShouldBeTrue();
        Store().Read("anthropic").Secret!.Reveal().ShouldBe("second");
    }

    [Fact]
    public void Lists_NamesAndTimes_AndRemoves()
    {
        var store = Store();
        store.List().ShouldBeEmpty();
        store.Set("b", new Secret("1"));
        store.Set("a", new Secret("2"));
        store.List().Select(credential => credential.Name).ShouldBe(["a", "b"]);
        store.List()[0].Changed.ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddMinutes(-1));
        store.Remove("a").Done.ShouldBeTrue();
        store.Remove("a").Problem!.ShouldContain("no credential a");
        store.List().ShouldHaveSingleItem();
    }

    [Fact]
    public void Nothing_LiesOnDiskInClear_AndOnlyTheUserMayRead()
    {
        Store().Set("anthropic", new Secret(Value));
        var files = Directory.GetFiles(directory.Path, "*", SearchOption.AllDirectories);
        files.Length.ShouldBe(2, "the master key and the credential, and no temporary file");
        foreach (var file in files)
        {
            Encoding.Latin1.GetString(File.ReadAllBytes(file)).ShouldNotContain("the-real-value");
            File.ReadAllText(file).ShouldNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Value))[..20]);
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        foreach (var folder in new[] { "keys", "credentials" })
            File.GetUnixFileMode(Path.Combine(directory.Path, folder))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void TheSameValueTwice_LooksDifferent()
    {
        Store().Set("a", new Secret(Value));
        var first = File.ReadAllText(FileOf("a"));
        Store().Set("a", new Secret(Value));
        File.ReadAllText(FileOf("a")).ShouldNotBe(first);
    }

    [Fact]
    public void AFile_CannotPassForAnother()
    {
        var store = Store();
        store.Set("a", new Secret("first"));
        store.Set("b", new Secret("second"));
        File.Copy(FileOf("a"), FileOf("b"), overwrite: true);
        store.Read("b").Secret.ShouldBeNull();
        store.Read("b").Unavailable!.ShouldContain("changed by something else");
    }

    [Fact]
    public void AChangedByte_IsNoticed()
    {
        var store = Store();
        store.Set("a", new Secret("first"));
        var text = File.ReadAllText(FileOf("a"));
        var at = text.IndexOf("\"value\": \"", StringComparison.Ordinal) + 14;
        File.WriteAllText(FileOf("a"), text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]);
        store.Read("a").Unavailable!.ShouldContain("changed by something else");
        File.WriteAllText(FileOf("a"), "{");
        store.Read("a").Unavailable!.ShouldContain("damaged");
    }

    [Fact]
    public void AnotherMasterKey_IsSaidToBeOne()
    {
        var store = Store();
        store.Set("a", new Secret("first"));
        File.Delete(MasterFile);
        store.Set("b", new Secret("x")).Problem!.ShouldContain("is missing, and 1 stored credentials");
        store.Read("a").Secret.ShouldBeNull();
        using var other = new TemporaryDirectory();
        new CredentialStore(other.Path, TimeProvider.System).Set("a", new Secret("x"));
        File.Copy(Path.Combine(other.Path, "keys", "master.key"), MasterFile);
        store.Read("a").Unavailable!.ShouldContain("another master key");
    }

    [Fact]
    public void ALooseMasterKey_ClosesTheStore()
    {
        var store = Store();
        store.Set("a", new Secret("first"));
        File.SetUnixFileMode(MasterFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        store.Read("a").Unavailable!.ShouldContain("others must not read it");
        store.Set("b", new Secret("x")).Problem!.ShouldContain("closed");
        File.SetUnixFileMode(MasterFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(MasterFile, "nonsense");
        store.Read("a").Unavailable!.ShouldContain("holds no master key");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("A")]
    public void Refuses_ABadName(string name)
    {
        Store().Set(name, new Secret("x")).Problem!.ShouldContain("must match");
        Store().Remove(name).Done.ShouldBeFalse();
        Store().Read(name).Secret.ShouldBeNull();
        Directory.Exists(Path.Combine(directory.Path, "credentials")).ShouldBeFalse();
    }

    [Fact]
    public void Refuses_AnEmptyOrEnormousValue()
    {
        Store().Set("a", new Secret("")).Problem!.ShouldContain("empty");
        Store().Set("a", new Secret(new string('x', 32769))).Problem!.ShouldContain("32 KiB");
        Store().Set("a", new Secret(new string('x', 32768))).Done.ShouldBeTrue();
        Store().Read("a").Secret!.Reveal().Length.ShouldBe(32768);
    }

    [Fact]
    public async Task ManyAtOnce_ShareOneMasterKey()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(number => Task.Run(() => Store().Set($"c{number}", new Secret($"v{number}")).Done.ShouldBeTrue()))
        );
        Enumerable.Range(0, 20).ShouldAllBe(number => Store().Read($"c{number}").Secret!.Reveal() == $"v{number}");
        Directory.GetFiles(Path.GetDirectoryName(MasterFile)!).ShouldHaveSingleItem();
    }

    private string MasterFile => Path.Combine(directory.Path, "keys", "master.key");

    private string FileOf(string name) => Path.Combine(directory.Path, "credentials", name + ".sealed.json");

    public void Dispose() => directory.Dispose();
}
