using System.Diagnostics;
using Caisson.Gateway;
using Caisson.Workspaces.Launching;

namespace Caisson.Workspaces.Tests.Launching;

/// <summary>NSS's own tool reads what we write without it, and goes on writing into it.</summary>
public sealed class NssDatabaseTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("caisson-nss-").FullName;

    private string Folder => Path.Combine(home, NssDatabase.Directory);

    [Fact]
    public void TheAuthority_IsTrustedForServers_AndForNothingElse()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);

        NssDatabase.Write(home, authority.CertificatePem);

        Certutil("-L").ShouldContain("Caisson sandbox                                              C,,");
        // NSS finds the certificate by its name, and its trust by issuer, serial number and hash.
        Certutil("-L", "-n", "Caisson sandbox", "-a")
            .ReplaceLineEndings("")
            .ShouldStartWith(authority.CertificatePem.ReplaceLineEndings(""));
        Certutil("-V", "-n", "Caisson sandbox", "-u", "L").ShouldContain("certificate is valid");
    }

    [Fact]
    public void OtherCertificates_CanBeAddedToIt()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        using var other = SandboxAuthority.Create("sb2", TimeProvider.System);
        NssDatabase.Write(home, authority.CertificatePem);
        var file = Path.Combine(home, "other.pem");
        File.WriteAllText(file, other.CertificatePem);

        Certutil("-A", "-n", "another", "-t", "C,,", "-i", file);

        var list = Certutil("-L");
        list.ShouldContain("Caisson sandbox ");
        list.ShouldContain("another ");
    }

    [Fact]
    public void NobodyElse_CanReadIt()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        NssDatabase.Write(home, authority.CertificatePem);
        foreach (var file in Directory.GetFiles(Folder))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => Directory.Delete(home, recursive: true);

    private string Certutil(params string[] arguments)
    {
        Assert.SkipWhen(
            !File.Exists("/usr/bin/certutil") && Environment.GetEnvironmentVariable("CI") is null,
            "NSS's own tool is needed: apt-get install libnss3-tools"
        );
        var start = new ProcessStartInfo("certutil", ["-d", $"sql:{Folder}", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output + errors.Result);
        return output;
    }
}
