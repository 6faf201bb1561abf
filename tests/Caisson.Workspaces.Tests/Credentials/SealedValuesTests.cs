using System.Security.Cryptography;
using System.Text;
using Caisson.Workspaces.Credentials;

namespace Caisson.Workspaces.Tests.Credentials;

public sealed class SealedValuesTests : IDisposable
{
    private static readonly Dictionary<string, string> Values = new() { ["TOKEN"] = "s3cret-value", ["OTHER"] = "ünïcode\n" };

    private readonly string _directory = Directory.CreateTempSubdirectory("cw-sealed-").FullName;
    private readonly SealedValues _sealed;

    public SealedValuesTests() => _sealed = new SealedValues(SealingKey.Load(_directory));

    private string File => Path.Combine(_directory, "values.sealed");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void TheSameServerKey_OpensThemForTheSameSandbox()
    {
        _sealed.Write(File, "web-1a2b3", Values);
        new SealedValues(SealingKey.Load(_directory)).Read(File, "web-1a2b3").ShouldBe(Values, ignoreOrder: true);
    }

    [Fact]
    public void OnDisk_NothingIsInClear_AndOnlyTheUserMayRead()
    {
        _sealed.Write(File, "web-1a2b3", Values);
        var text = Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
        text.ShouldNotContain("s3cret");
        text.ShouldNotContain("TOKEN");
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void AnotherSandboxsFile_DoesNotOpen()
    {
        _sealed.Write(File, "web-1a2b3", Values);
        Should.Throw<CryptographicException>(() => _sealed.Read(File, "web-9z9z9"));
    }

    [Fact]
    public void AnyChangedByte_IsNoticed()
    {
        _sealed.Write(File, "web-1a2b3", Values);
        var bytes = System.IO.File.ReadAllBytes(File);
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] ^= 1;
            System.IO.File.WriteAllBytes(File, bytes);
            Should.Throw<CryptographicException>(() => _sealed.Read(File, "web-1a2b3"), $"byte {index}");
            bytes[index] ^= 1;
        }
    }

    [Fact]
    public void WithoutValues_ThereIsNoFile()
    {
        _sealed.Write(File, "web-1a2b3", SealedValues.None);
        System.IO.File.Exists(File).ShouldBeFalse();
        _sealed.Read(File, "web-1a2b3").ShouldBeEmpty();
    }
}
