using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

public sealed class SettingsTextTests
{
    [Fact]
    public void Document_HoldsTheTableAsItIs() => RepositoryFile.Read("docs/configuration.md").ShouldContain(SettingsText.Table());

    [Fact]
    public void Help_HasEverySetting_WithFlagKeyVariableDefaultAndText()
    {
        var help = SettingsText.Help();
        foreach (var setting in ServerSettings.All)
        {
            string[] texts = [setting.Flag, setting.Key, setting.Default, setting.Text, setting.Type, .. setting.Variables];
            foreach (var text in texts)
                help.ShouldContain(text);
        }
    }

    [Fact]
    public void Settings_HaveNamesOfTheirOwn()
    {
        ServerSettings.All.Select(setting => setting.Key).ShouldBeUnique();
        ServerSettings.All.Select(setting => setting.Flag).ShouldBeUnique();
        ServerSettings.All.SelectMany(setting => setting.Variables).ShouldBeUnique();
        ServerSettings.All.ShouldAllBe(setting => setting.Text.EndsWith('.') && setting.Flag.StartsWith("--"));
    }

    [Fact]
    public void Defaults_AreWhatOptionsStartWith()
    {
        var options = new ServerOptions { Home = "/home" };
        foreach (var setting in ServerSettings.All.Where(setting => setting.Default != "none"))
        {
            var (applied, error) = setting.Apply(options, [setting.Default]);
            error.ShouldBeNull();
            applied.ShouldBe(options, setting.Key);
        }
    }
}
