using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Store;

public sealed class NpmRegistryTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("caisson-home-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Fact]
    public void TheOfficialOne_WhereNothingIsSet() => Find().ToString().ShouldBe("https://registry.npmjs.org/");

    [Fact]
    public void TheEnvironmentBeatsTheFile()
    {
        File.WriteAllText(Path.Combine(home, ".npmrc"), "fund=false\nregistry = https://npm.example/file\n//npm.example/:_authToken=x\n");

        Find().ToString().ShouldBe("https://npm.example/file/");
        Find(("npm_config_registry", "https://npm.example/npm")).ToString().ShouldBe("https://npm.example/npm/");
        Find(("npm_config_registry", "https://npm.example/npm"), ("NPM_REGISTRY", "http://localhost:4873"))
            .ToString()
            .ShouldBe("http://localhost:4873/");
    }

    [Theory]
    [InlineData("npm.example")]
    [InlineData("file:///srv/npm")]
    public void Refuses_WhatIsNoRegistry(string value) =>
        Should.Throw<FormatException>(() => Find(("NPM_REGISTRY", value))).Message.ShouldContain($"NPM_REGISTRY: '{value}'");

    [Fact]
    public void AMirrorReplacesTheHost_AndKeepsThePath()
    {
        var mirror = new Uri("https://mirror.example/npm/");

        NpmRegistry
            .Locate("https://registry.npmjs.org/@scope/name/-/name-1.tgz", mirror)
            .ToString()
            .ShouldBe("https://mirror.example/npm/@scope/name/-/name-1.tgz");
        NpmRegistry.Locate("https://elsewhere.example/name-1.tgz", mirror).ToString().ShouldBe("https://elsewhere.example/name-1.tgz");
    }

    private Uri Find(params (string Name, string Value)[] set) =>
        NpmRegistry.Find(name => set.Where(entry => entry.Name == name).Select(entry => entry.Value).FirstOrDefault(), home);
}
