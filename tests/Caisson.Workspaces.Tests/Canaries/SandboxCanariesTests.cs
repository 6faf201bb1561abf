using Caisson.Policy.Manifest;
using Caisson.Workspaces.Canaries;

namespace Caisson.Workspaces.Tests.Canaries;

public sealed class SandboxCanariesTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("caisson-canaries-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void EachSandbox_HasAVariableOfItsOwn()
    {
        var one = SandboxCanaries.Create(CanaryPlacement.Env, []);
        var variable = one.Variables.ShouldHaveSingleItem();
        variable.Key.ShouldMatch("^[A-Z_]+_(KEY|TOKEN|PASSWORD)$");
        variable.Value.Length.ShouldBe(40);
        one.Secrets.ShouldHaveSingleItem().Key.ShouldBe("env " + variable.Key);

        SandboxCanaries.Create(CanaryPlacement.Env, []).Variables.Single().Value.ShouldNotBe(variable.Value);
        one.WriteFiles(home);
        Directory.EnumerateFileSystemEntries(home).ShouldBeEmpty();
    }

    [Fact]
    public void AVariableThatThePolicySets_IsNoDecoy()
    {
        var all = Enumerable
            .Range(0, 400)
            .Select(_ => SandboxCanaries.Create(CanaryPlacement.Env, []).Variables.Single().Key)
            .Distinct()
            .ToList();
        all.Count.ShouldBeGreaterThan(1);

        SandboxCanaries.Create(CanaryPlacement.Env, [.. all.Skip(1)]).Variables.Single().Key.ShouldNotBeOneOf([.. all.Skip(1)]);
    }

    [Fact]
    public void Files_HoldTheirDecoys_ForTheirOwnerAlone()
    {
        var canaries = SandboxCanaries.Create(CanaryPlacement.Files, []);

        canaries.WriteFiles(home);

        var files = Directory
            .EnumerateFiles(home, "*", SearchOption.AllDirectories)
            .ToDictionary(
                file => Path.GetRelativePath(home, file),
                file => File.ReadAllText(file).ReplaceLineEndings(""),
                StringComparer.Ordinal
            );
        files.Keys.ShouldBe([".env", ".aws/credentials", ".ssh/id_ed25519_backup"], ignoreOrder: true);
        foreach (var (place, value) in canaries.Values.Where(value => value.Key.StartsWith("file ", StringComparison.Ordinal)))
            files[place.Split(' ')[1]].ShouldContain(value);
        foreach (var file in files.Keys)
            File.GetUnixFileMode(Path.Combine(home, file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
