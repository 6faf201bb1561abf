using System.Text;
using System.Text.Json;
using Caisson.Agents.Store;

namespace Caisson.Agents.Tests.Store;

public sealed class AgentLockTests
{
    [Fact]
    public void BuiltIn_PinsEveryBuildExactly()
    {
        AgentLock.BuiltIn.Agents.Keys.ShouldBe(["claude", "codex", "opencode"], ignoreOrder: true);
        foreach (var (name, pin) in AgentLock.BuiltIn.Agents)
        {
            pin.Version.ShouldMatch(@"^\d+\.\d+\.\d+$", name);
            pin.Licence.ShouldNotBeNullOrWhiteSpace();
            pin.Builds.Keys.ShouldContain("x64", name);
            foreach (var build in pin.Builds.Values)
            {
                build.Url.ShouldStartWith("https://registry.npmjs.org/");
                build.Url.ShouldContain(pin.Version);
                build.Sha256.ShouldMatch("^[0-9a-f]{64}$");
                Convert.FromBase64String(build.Integrity["sha512-".Length..]).Length.ShouldBe(64);
                build.Size.ShouldBeGreaterThan(0);
                build.UnpackedSize.ShouldBeGreaterThan(build.Size);
            }
        }
    }

    [Theory]
    [InlineData("""{ "schema": 2, "agents": {} }""")]
    [InlineData("""{ "schema": 1, "agents": {}, "agent": {} }""")]
    [InlineData("""{ "schema": 1, "agents": { "claude": { "version": "1.0.0" } } }""")]
    [InlineData("""{ "agents": {} }""")]
    public void Refuses_AFileThatIsNotOfThisForm(string text) =>
        Should.Throw<JsonException>(() => AgentLock.Parse(Encoding.UTF8.GetBytes(text)));
}
