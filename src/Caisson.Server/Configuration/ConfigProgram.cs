using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caisson.Server.Configuration;

/// <summary><c>caisson config show [--origin] [--json]</c> and <c>caisson config check [--json]</c>: read the configuration, start nothing.</summary>
internal static class ConfigProgram
{
    private const int ConfigurationError = 78;
    private const int Usage = 2;

    /// <param name="arguments">After <c>config</c>.</param>
    internal static int Run(IReadOnlyList<string> arguments, ServerOptionsReader reader, TextWriter output, TextWriter words)
    {
        var options = arguments.Skip(1).ToList();
        var origin = options.Remove("--origin");
        var json = options.Remove("--json");
        if (arguments.Count == 0 || arguments[0] is not ("show" or "check"))
        {
            words.WriteLine("caisson: config show [--origin] [--json] or config check [--json] was expected");
            return Usage;
        }
        var configuration = reader.Read(options);
        if (arguments[0] == "show" && configuration.Errors.Count == 0)
        {
            Show(configuration, origin, json, output);
            return 0;
        }
        var report = new ConfigReport([], configuration.Errors);
        if (json)
            output.WriteLine(JsonSerializer.Serialize(report, ConfigJson.Default.ConfigReport));
        else
            foreach (var error in configuration.Errors)
                output.WriteLine(error);
        words.WriteLine(configuration.Errors.Count == 0 ? "caisson: the configuration is valid" : "caisson: the configuration has errors");
        return configuration.Errors.Count == 0 ? 0 : ConfigurationError;
    }

    private static void Show(ServerConfiguration configuration, bool origin, bool json, TextWriter output)
    {
        var values = configuration
            .Values.Select(value => new ConfigValue(value.Setting.Key, string.Join(", ", value.Texts), value.Origin))
            .ToList();
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new ConfigReport(values, []), ConfigJson.Default.ConfigReport));
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

[JsonSerializable(typeof(ConfigReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ConfigJson : JsonSerializerContext;
