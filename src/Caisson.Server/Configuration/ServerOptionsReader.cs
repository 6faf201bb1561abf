using Caisson.Policy;

namespace Caisson.Server.Configuration;

/// <summary>
/// Reads the configuration in the order flags, environment, <c>$CAISSON_HOME/caisson.yaml</c>, defaults; collects every error of every place.
/// </summary>
/// <param name="variable">Reads an environment variable.</param>
public sealed class ServerOptionsReader(Func<string, string?> variable)
{
    public static ServerOptionsReader FromEnvironment() => new(Environment.GetEnvironmentVariable);

    /// <param name="arguments">The command line after <c>serve</c>.</param>
    public ServerConfiguration Read(IReadOnlyList<string> arguments)
    {
        var errors = new List<string>();
        var home = Home(errors);
        var (flags, background) = Flags(arguments, errors);
        var file = ConfigurationFile.Read(Path.Combine(home, "caisson.yaml"), errors);
        var options = new ServerOptions { Home = home, Background = background };
        var values = new List<ConfiguredValue>();
        foreach (var setting in ServerSettings.All)
        {
            var value = Value(setting, flags, file);
            values.Add(value);
            if (value.Origin == "default")
                continue;
            (options, var error) = setting.Apply(options, value.Texts);
            if (error is not null)
                errors.Add($"{value.Origin}: {setting.Key}: {error}.");
        }
        if (options is { Listen: { } listen, InsecureHttp: false } && !System.Net.IPAddress.IsLoopback(listen.Address))
            errors.Add(
                $"server.listen: {listen} can be reached from other machines without TLS. Use a loopback address, or set server.insecure_http: true."
            );
        errors.AddRange(AuthSettings.Problems(options));
        var unsaid = values.Single(value => value.Setting.Key == "server.listen").Origin == "default";
        return new ServerConfiguration(options with { AnyPort = background && unsaid }, values, errors);
    }

    private string Home(List<string> errors)
    {
        if (variable("CAISSON_HOME") is { Length: > 0 } set)
            return Path.GetFullPath(set);
        if (variable("HOME") is { Length: > 0 } home)
            return Path.Combine(home, ".caisson");
        errors.Add("Neither CAISSON_HOME nor HOME is set; set CAISSON_HOME to the directory that should hold Caisson's data.");
        return "/nonexistent";
    }

    private ConfiguredValue Value(
        ServerSetting setting,
        Dictionary<string, List<string>> flags,
        IReadOnlyDictionary<string, ConfiguredValue> file
    )
    {
        if (flags.TryGetValue(setting.Flag, out var texts))
            return new ConfiguredValue(setting, texts, setting.Flag);
        foreach (var name in setting.Variables)
        {
            if (variable(name) is { Length: > 0 } text)
                return new ConfiguredValue(
                    setting,
                    setting is { Repeatable: true, Structured: false } ? text.Split(',', StringSplitOptions.TrimEntries) : [text],
                    name
                );
        }
        return file.TryGetValue(setting.Key, out var written) ? written : new ConfiguredValue(setting, [setting.Default], "default");
    }

    private static (Dictionary<string, List<string>> Flags, bool Background) Flags(IReadOnlyList<string> arguments, List<string> errors)
    {
        var flags = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var background = false;
        for (var index = 0; index < arguments.Count; index++)
        {
            var (name, value) = arguments[index].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[index], null);
            if (name == "--background")
            {
                background = true;
                continue;
            }
            var setting = ServerSettings.All.FirstOrDefault(candidate => candidate.Flag == name);
            if (setting is null)
            {
                var known = ServerSettings.All.Select(candidate => candidate.Flag).ToList();
                var hint = Suggestion.Nearest(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";
                errors.Add($"{name}: unknown option{hint} Known: {string.Join(", ", known)}.");
                // Its value is not another unknown option.
                if (value is null && index + 1 < arguments.Count && !arguments[index + 1].StartsWith('-'))
                    index++;
                continue;
            }
            // A truth value needs no word: the flag alone says it.
            if (setting.Type == "Boolean" && (index + 1 == arguments.Count || arguments[index + 1].StartsWith('-')))
                value ??= "true";
            value ??= index + 1 < arguments.Count ? arguments[++index] : null;
            if (value is null)
                errors.Add($"{name}: a value is missing ({setting.Type}).");
            else if (!flags.TryAdd(name, [value]))
            {
                if (setting.Repeatable)
                    flags[name].Add(value);
                else
                    errors.Add($"{name}: given twice.");
            }
        }
        return (flags, background);
    }
}
