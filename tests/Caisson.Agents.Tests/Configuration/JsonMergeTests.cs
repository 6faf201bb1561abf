using System.Text.Json.Nodes;
using Caisson.Agents.Configuration;

namespace Caisson.Agents.Tests.Configuration;

public sealed class JsonMergeTests
{
    private static readonly AgentFile File = new(
        "settings.json",
        FileFormat.Json,
        [
            Setting.Owned(false, "autoupdate"),
            Setting.Default("dark", "theme"),
            Setting.Default("allow", "permissions", "mode"),
            Setting.AddToList("key", "approved", "keys"),
        ]
    );

    [Fact]
    public void MakesAFreshFile() =>
        File.InitialContent.ShouldBe(
            """
            {
              "autoupdate": false,
              "theme": "dark",
              "permissions": {
                "mode": "allow"
              },
              "approved": {
                "keys": [
                  "key"
                ]
              }
            }

            """
        );

    [Fact]
    public void KeepsWhatTheUserWrote_AndItsOrder()
    {
        var merged = ConfigurationMerge.Apply(
            File,
            """{ "hooks": [1, 2], "theme": "light", "autoupdate": true, "permissions": { "deny": ["rm"] }, "approved": { "keys": ["mine"] } }"""
        );

        merged.Broken.ShouldBeNull();
        var root = JsonNode.Parse(merged.Content)!.AsObject();
        root.Select(entry => entry.Key).ShouldBe(["hooks", "theme", "autoupdate", "permissions", "approved"]);
        root.ToJsonString()
            .ShouldBe(
                """{"hooks":[1,2],"theme":"light","autoupdate":false,"permissions":{"deny":["rm"],"mode":"allow"},"approved":{"keys":["mine","key"]}}"""
            );
    }

    [Fact]
    public void ChangesNoByte_WhenAllIsSet()
    {
        const string settled = """
            { // my comment
              "theme": "light", "autoupdate": false, "permissions": { "mode": "ask" },
              "approved": { "keys": ["other", "key"] }, }
            """;

        ConfigurationMerge.Apply(File, settled).ShouldBe(new MergeResult(settled, Changed: false));
    }

    [Fact]
    public void AHundredTimesAreAsGoodAsOnce()
    {
        var once = ConfigurationMerge.Apply(File, """{"mine":"ü <&>"}""").Content;
        var content = once;
        for (var i = 0; i < 100; i++)
            content = ConfigurationMerge.Apply(File, content).Content;

        content.ShouldBe(once);
        content.ShouldContain("ü <&>");
    }

    [Theory]
    [InlineData("{ \"theme\": ")]
    [InlineData("[1]")]
    [InlineData("{ \"permissions\": \"all\" }")]
    [InlineData("{ \"approved\": { \"keys\": 1 } }")]
    [InlineData("{ \"theme\": 1, \"theme\": 2 }")]
    public void SaysWhy_WhenAFileCannotBeMerged_AndGivesAFreshOne(string text)
    {
        var merged = ConfigurationMerge.Apply(File, text);

        merged.Broken.ShouldNotBeNullOrWhiteSpace();
        merged.Content.ShouldBe(File.InitialContent);
    }
}
