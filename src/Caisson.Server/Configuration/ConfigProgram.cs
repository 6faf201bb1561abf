using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caisson.Server.Configuration;

/// <summary>
/// <c>caisson config show [--origin]</c>, <c>config check</c> and <c>config schema</c>: read the configuration, start nothing. All take
/// <c>--format table|json|jsonl</c>, <c>--json</c> and <c>--quiet</c>, as the command does.
/// </summary>
internal static class ConfigProgram
{
    private const int ConfigurationError = 78;
    private const int Usage = 2;

    /// <param name="arguments">After <c>config</c>.</param>
    internal static int Run(IReadOnlyList<string> arguments, ServerOptionsReader reader, TextWriter output, TextWriter words)
    {
        var options = arguments.Skip(1).ToList();
        var origin = options.Remove("--origin");
        var form =
            options.Remove("--format=jsonl") ? "jsonl"
            : options.Remove("--json") || options.Remove("--format=json") ? "json"
            : "table";
        options.Remove("--format=table");
        if (options.Remove("--quiet"))
            words = TextWriter.Null;
        switch (arguments.FirstOrDefault())
        {
            case "schema":
                output.Write(SettingsSchema.Text());
                return 0;
            case "show" or "check":
                break;
            default:
                words.WriteLine("caisson: config show [--origin], config check or config schema was expected");
                return Usage;
        }
        var configuration = reader.Read(options);
        if (arguments[0] == "show" && configuration.Errors.Count == 0)
        {
            Show(configuration, origin, form, output);
            return 0;
        }
        PrintErrors(configuration.Errors, form, output);
        words.WriteLine(configuration.Errors.Count == 0 ? "caisson: the configuration is valid" : "caisson: the configuration has errors");
        return configuration.Errors.Count == 0 ? 0 : ConfigurationError;
    }

    private static void PrintErrors(IReadOnlyList<string> errors, string form, TextWriter output)
    {
        if (form == "json")
            output.WriteLine(JsonSerializer.Serialize(new ConfigReport([], errors), ConfigJson.Default.ConfigReport));
        else
            foreach (var error in errors)
                output.WriteLine(
                    form == "jsonl" ? JsonSerializer.Serialize(new ConfigError(error), ConfigJson.Default.ConfigError) : error
                );
    }

    private static void Show(ServerConfiguration configuration, bool origin, string form, TextWriter output)
    {
        var values = configuration
            .Values.Select(value => new ConfigValue(value.Setting.Key, string.Join(", ", value.Texts), value.Origin))
            .ToList();
        if (form == "json")
        {
            output.WriteLine(JsonSerializer.Serialize(new ConfigReport(values, []), ConfigJson.Default.ConfigReport));
            return;
        }
        if (form == "jsonl")
        {
            foreach (var value in values)
                output.WriteLine(JsonSerializer.Serialize(value, ConfigJson.Default.ConfigValue));
            return;
        }
        var key = values.Max(value => value.Key.Length) + 2;
        var text = values.Max(value => value.Value.Length) + 2;
        foreach (var value in values)
            output.WriteLine($"{value.Key.PadRight(key)}{(origin ? value.Value.PadRight(text) + value.Origin : value.Value)}");
    }
}

/// <param name="Origin">A flag, a variable, <c>caisson.yaml:3</c> or <c>default</c>.</param>
internal sealed record ConfigValue(string Key, string Value, string Origin);

internal sealed record ConfigReport(IReadOnlyList<ConfigValue> Items, IReadOnlyList<string> Errors);

internal sealed record ConfigError(string Message);

[JsonSerializable(typeof(ConfigReport))]
[JsonSerializable(typeof(ConfigError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ConfigJson : JsonSerializerContext;
