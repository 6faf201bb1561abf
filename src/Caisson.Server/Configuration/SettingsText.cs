using System.Text;

namespace Caisson.Server.Configuration;

/// <summary>The table of settings as people read it: <c>caisson serve --help</c> and the table in <c>docs/configuration.md</c>.</summary>
internal static class SettingsText
{
    internal static string Help()
    {
        var text = new StringBuilder(
            """
            Runs the server in the foreground. `caisson run` starts one in the background when none is running.

            Usage:
              caisson serve [options]

            Options, each also as a variable or a key of $CAISSON_HOME/caisson.yaml; a flag wins over a variable, a variable over the file:

            """
        );
        foreach (var setting in ServerSettings.All)
        {
            text.AppendLine().Append("  ").Append(setting.Flag).Append(' ').AppendLine(setting.Type);
            text.Append("      ").AppendLine(setting.Text);
            text.Append("      key ").Append(setting.Key).Append("; variable ").AppendJoin(" or ", setting.Variables);
            text.Append("; default ").AppendLine(setting.Default);
        }
        return text.AppendLine()
            .AppendLine("Examples:")
            .AppendLine("  caisson serve")
            .AppendLine("  caisson serve --listen 127.0.0.1:0 --log-level debug")
            .ToString();
    }

    /// <summary>Markdown, one row a setting.</summary>
    internal static string Table()
    {
        var text = new StringBuilder("| key | flag | variable | type | default | meaning |\n|---|---|---|---|---|---|\n");
        foreach (var setting in ServerSettings.All)
        {
            text.Append($"| `{setting.Key}` | `{setting.Flag}` | ").AppendJoin(" or ", setting.Variables.Select(name => $"`{name}`"));
            text.Append($" | {setting.Type} | {(setting.Default == "none" ? "none" : $"`{setting.Default}`")} | {setting.Text} |\n");
        }
        return text.ToString();
    }
}
