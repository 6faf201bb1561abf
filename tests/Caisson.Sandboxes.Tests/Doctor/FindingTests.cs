using Caisson.Sandboxes.Bubblewrap;
using Caisson.Sandboxes.Doctor;
using Caisson.Sandboxes.Tests.Lab;

namespace Caisson.Sandboxes.Tests.Doctor;

public sealed class FindingTests
{
    [Fact]
    public void AWorkingMachine_HasNoError()
    {
        using var error = new StringWriter();
        var findings = new BubblewrapDriver(BubblewrapDriver.DefaultProgram, Checkout.Init).Diagnose();
        findings.ShouldAllBe(finding => finding.Severity != Severity.Error);
        findings.Select(finding => finding.Code.Split('.')[0]).ShouldBe(["bubblewrap", "init", "nftables", "userns", "cgroup", "landlock"]);
    }

    [Fact]
    public void WhatIsMissing_IsAnErrorWithARemedy()
    {
        var findings = new BubblewrapDriver("/nowhere/bwrap", "/nowhere/caisson-init").Diagnose();
        findings
            .Where(finding => finding.Severity == Severity.Error)
            .Select(finding => finding.Code)
            .ShouldBe(["bubblewrap.missing", "init.program"]);
        findings.Where(finding => finding.Severity != Severity.Ok).ShouldAllBe(finding => finding.Fix != null);
    }

    [Theory]
    [InlineData("proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces")]
    [InlineData("proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1")]
    [InlineData("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor")]
    public void ASwitchThatIsOff_IsNamed(string file, string value, string fix)
    {
        var root = Directory.CreateTempSubdirectory("cst-sys-").FullName;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            File.WriteAllText(Path.Combine(root, file), value + "\n");
            UserNamespaces.Blocked(root).ShouldNotBeNull().ShouldContain(fix);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void AProxyVariable_IsNamedAsUnused_WithoutItsValue()
    {
        var finding = MachineFindings.Proxy(name => name == "https_proxy" ? "http://user:s3cret@proxy:3128" : null);
        (finding.Code, finding.Severity).ShouldBe(("proxy.unused", Severity.Warning));
        finding.Message.ShouldContain("https_proxy");
        finding.Message.ShouldNotContain("s3cret");
        MachineFindings.Proxy(_ => null).Severity.ShouldBe(Severity.Ok);
    }

    [Theory]
    [InlineData(null, "ca.missing")]
    [InlineData("# empty\n", "ca.missing")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "ca.roots")]
    public void ABundleOfRoots_HasToHoldSome(string? content, string code)
    {
        var file = Path.Combine(Path.GetTempPath(), $"cst-{Guid.NewGuid():N}.crt");
        try
        {
            if (content is not null)
                File.WriteAllText(file, content);
            MachineFindings.Roots(file).Code.ShouldBe(code);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void TheClock_IsJudgedWithoutTheNetwork() => MachineFindings.Clock().Code.ShouldBeOneOf("clock.kept", "clock.plausible");
}
