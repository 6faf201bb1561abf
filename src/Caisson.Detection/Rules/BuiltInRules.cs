using System.Reflection;

namespace Caisson.Detection.Rules;

/// <summary>The rules that come with the product, read from the files in <c>BuiltIn/</c>. A test tries every one with its own examples.</summary>
public static class BuiltInRules
{
    private static readonly Lazy<RuleSet> Loaded = new(() =>
        new RuleSet([.. Files().SelectMany(file => Read(file, tryExamples: false).Rules)])
    );

    public static RuleSet All => Loaded.Value;

    internal static IEnumerable<string> Files() =>
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.EndsWith(".yaml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    /// <summary>Reads one of the files.</summary>
    internal static RuleLoadResult Read(string file, bool tryExamples)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not in this build");
        using var reader = new StreamReader(stream);
        return RuleReader.Read(reader.ReadToEnd(), file, tryExamples);
    }
}
