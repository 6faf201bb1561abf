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
    public async Task TheAuthority_IsTrustedForServers_AndForNothingElse()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);

        NssDatabase.Write(home, authority.CertificatePem);

        (await CertutilAsync("-L")).ShouldContain("Caisson sandbox                                              C,,");
        // NSS finds the certificate by its name, and its trust by issuer, serial number and hash.
        (await CertutilAsync("-L", "-n", "Caisson sandbox", "-a"))
            .ReplaceLineEndings("")
            .ShouldStartWith(authority.CertificatePem.ReplaceLineEndings(""));
        (await CertutilAsync("-V", "-n", "Caisson sandbox", "-u", "L")).ShouldContain("certificate is valid");
    }

    [Fact]
    public async Task OtherCertificates_CanBeAddedToIt()
    {
        using var authority = SandboxAuthority.Create("sb1", TimeProvider.System);
        using var other = SandboxAuthority.Create("sb2", TimeProvider.System);
        NssDatabase.Write(home, authority.CertificatePem);
        var file = Path.Combine(home, "other.pem");
        await File.WriteAllTextAsync(file, other.CertificatePem);

        await CertutilAsync("-A", "-n", "another", "-t", "C,,", "-i", file);

        var list = await CertutilAsync("-L");
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

    private async Task<string> CertutilAsync(params string[] arguments)
    {
        Assert.SkipWhen(
            !File.Exists("/usr/bin/certutil") && Environment.GetEnvironmentVariable("CI") is null,
            "NSS's own tool is needed: apt-get install libnss3-tools"
        );
        var start = new ProcessStartInfo("certutil", ["-d", $"sql:{Folder}", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output + await errors);
        return output;
    }
}
