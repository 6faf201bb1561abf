using System.Text.Json;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

public sealed class ConfigProgramTests : IDisposable
{
    private readonly TemporaryHome home = new();
    private readonly StringWriter output = new();
    private readonly StringWriter words = new();

    public void Dispose() => home.Dispose();

    private int Run(params string[] arguments) =>
        ConfigProgram.Run(arguments, new ServerOptionsReader(name => name == "CAISSON_HOME" ? home.Path : null), output, words);

    [Fact]
    public void Show_PrintsEverySetting_AndWithOriginItsPlace()
    {
        home.With("log: { level: debug }\n");

        Run("show", "--origin").ShouldBe(0);

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(ServerSettings.All.Count);
        lines.ShouldContain(line => line.StartsWith("log.level") && line.Contains("debug") && line.EndsWith("caisson.yaml:1"));
        lines.ShouldContain(line => line.StartsWith("server.listen") && line.EndsWith("default"));
    }

    [Fact]
    public void Show_AsJson_HasKeyValueOrigin()
    {
        Run("show", "--json").ShouldBe(0);
        var first = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("items")[0];
        first.GetProperty("key").GetString().ShouldBe("server.listen");
        first.GetProperty("value").GetString().ShouldBe("127.0.0.1:7180");
        first.GetProperty("origin").GetString().ShouldBe("default");
    }

    [Fact]
    public void Show_AsLines_HasOneObjectASetting()
    {
        Run("show", "--format=jsonl").ShouldBe(0);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString())
            .ShouldBe(ServerSettings.All.Select(setting => setting.Key));
    }

    [Fact]
    public void Check_AsLines_HasOneObjectAnError_AndQuietLeavesTheWordsOut()
    {
        home.With("log: { levl: debug }\ndriver: warp\n");
        Run("check", "--format=jsonl", "--quiet").ShouldBe(78);
        output
            .ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => JsonDocument.Parse(line, default).RootElement.GetProperty("message").GetString()!.Length > 0);
        words.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void Show_OfASecret_IsItsReference()
    {
        home.With("server: { token: \"env:API_TOKEN\" }\n");
        Run("show", "--origin").ShouldBe(0);
        output.ToString().ShouldContain("env:API_TOKEN");
    }

    [Theory]
    [InlineData("show")]
    [InlineData("check")]
    public void ErrorsGoOutTogether_WithCode78(string verb)
    {
        home.With("log: { levl: debug }\ndriver: warp\n");
        Run(verb).ShouldBe(78);
        output.ToString().ShouldContain("did you mean 'log.level'?");
        output.ToString().ShouldContain("'warp' is no driver");
    }

    [Fact]
    public void Check_OfAValidConfiguration_IsCode0()
    {
        Run("check").ShouldBe(0);
        output.ToString().ShouldBeEmpty();
        words.ToString().ShouldContain("is valid");
    }

    [Fact]
    public void OtherVerbs_AreWrongUse() => Run("chek").ShouldBe(2);
}
