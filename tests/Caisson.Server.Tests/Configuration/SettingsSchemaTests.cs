using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

/// <summary>The published schema against the table of settings that the server reads with.</summary>
public sealed class SettingsSchemaTests
{
    private static readonly ServerOptions Start = new() { Home = "/home" };

    [Fact]
    public void TheFileInTheDocs_IsWhatTheCommandPrints() =>
        RepositoryFile.Read("docs/caisson.schema.json").ShouldBe(SettingsSchema.Text());

    [Fact]
    public void HasEverySettingAndNothingElse_AndNoBlockTakesAnUnknownKey()
    {
        var keys = new List<string>();
        Walk(JsonNode.Parse(SettingsSchema.Text())!.AsObject(), "");
        keys.ShouldBe(ServerSettings.All.Select(setting => setting.Key), ignoreOrder: true);

        void Walk(JsonObject block, string prefix)
        {
            block["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
            foreach (var (name, node) in block["properties"]!.AsObject())
            {
                if (node!["properties"] is not null)
                    Walk(node.AsObject(), prefix + name + ".");
                else
                    keys.Add(prefix + name);
            }
        }
    }

    [Fact]
    public void EveryChoice_IsOneOfTheReaders_AndOthersAreNot()
    {
        var choices = ServerSettings.All.Where(setting => Of(setting)["enum"] is not null).ToList();
        choices.ShouldNotBeEmpty();
        foreach (var setting in choices)
        {
            foreach (var value in Of(setting)["enum"]!.AsArray())
                setting.Apply(Start, [value!.GetValue<string>()]).Error.ShouldBeNull(setting.Key);
            setting.Apply(Start, ["no such choice"]).Error.ShouldNotBeNull(setting.Key);
        }
    }

    [Theory]
    [InlineData("server.listen", "none")]
    [InlineData("server.listen", "[::1]:7180")]
    [InlineData("server.listen", "here")]
    [InlineData("server.token", "file:/run/token")]
    [InlineData("server.token", "exec:pass show caisson")]
    [InlineData("server.token", "in-clear")]
    public void APattern_AgreesWithTheReader(string key, string value)
    {
        var setting = ServerSettings.All.Single(each => each.Key == key);
        var fits = Regex.IsMatch(value, Of(setting)["pattern"]!.GetValue<string>());
        fits.ShouldBe(setting.Apply(Start, [value]).Error is null);
    }

    [Fact]
    public void ATruthValue_IsWhatTheReaderTakes()
    {
        foreach (var setting in ServerSettings.All.Where(setting => setting.Type == "Boolean"))
        {
            Of(setting)["type"]!.GetValue<string>().ShouldBe("boolean");
            setting.Apply(Start, ["true"]).Error.ShouldBeNull();
            setting.Apply(Start, ["maybe"]).Error.ShouldNotBeNull();
        }
    }

    private static JsonObject Of(ServerSetting setting) => JsonNode.Parse(setting.Schema)!.AsObject();
}
