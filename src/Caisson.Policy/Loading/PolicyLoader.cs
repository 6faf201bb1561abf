using System.Text;
using Caisson.Policy.Manifest;
using Caisson.Policy.Sections;
using Caisson.Policy.Yaml;

namespace Caisson.Policy.Loading;

/// <summary>
/// Loads policies and agent profiles. What is wrong in a file is returned, all of it at once, and never thrown: a broken file ends nobody's process.
/// </summary>
public static class PolicyLoader
{
    /// <summary>The largest file.</summary>
    public const int MaximumBytes = 256 * 1024;

    /// <summary>Loads a policy by name (<c>$CAISSON_HOME/policies/NAME.md</c>) or by path (with a slash, or ending in <c>.md</c>).</summary>
    public static PolicyLoadResult Load(string nameOrPath, PolicyLoadOptions options)
    {
        var (file, error) = Locate(nameOrPath, "policies", "policy", options);
        if (error is not null)
            return new PolicyLoadResult(null, [error], []);
        return ReadFile(file, out var text) is { } fault ? new PolicyLoadResult(null, [fault], []) : Parse(text, file, options);
    }

    /// <summary>Loads a policy from its text. <paramref name="file"/> is for places, and for the name and relative paths of the policy.</summary>
    public static PolicyLoadResult Parse(string text, string file, PolicyLoadOptions options)
    {
        var context = new LoadContext(file, options.Layer, options);
        var manifest = Read(text, file, context, (root, name, body) => PolicyReader.Read(root, name, body, context));
        return new PolicyLoadResult(context.Errors.Count == 0 ? manifest : null, context.Errors, context.Warnings);
    }

    /// <summary>Loads an agent profile by name (<c>$CAISSON_HOME/agents/NAME.md</c>) or by path.</summary>
    public static ProfileLoadResult LoadProfile(string nameOrPath, PolicyLoadOptions options)
    {
        var (file, error) = Locate(nameOrPath, "agents", "agent profile", options);
        if (error is not null)
            return new ProfileLoadResult(null, [error]);
        if (ReadFile(file, out var text) is { } fault)
            return new ProfileLoadResult(null, [fault]);
        var context = new LoadContext(file, Layer.Profile, options);
        var profile = Read(text, file, context, (root, name, body) => ProfileReader.Read(root, name, body, context));
        return new ProfileLoadResult(context.Errors.Count == 0 ? profile : null, context.Errors);
    }

    /// <summary>Loads a workspace template from its text. Folders that it names are beside <paramref name="file"/>.</summary>
    public static TemplateLoadResult ParseTemplate(string text, string file, PolicyLoadOptions options)
    {
        var context = new LoadContext(file, Layer.Policy, options);
        var template = Read(text, file, context, (root, name, body) => TemplateReader.Read(root, name, body, context));
        return new TemplateLoadResult(context.Errors.Count == 0 ? template : null, context.Errors);
    }

    /// <summary>Loads a workspace template from its file.</summary>
    public static TemplateLoadResult LoadTemplate(string file, PolicyLoadOptions options) =>
        ReadFile(file, out var text) is { } fault ? new TemplateLoadResult(null, [fault]) : ParseTemplate(text, file, options);

    /// <summary>Why a value is none that a template's parameter takes, or null.</summary>
    public static string? WhyNot(TemplateParameter parameter, string value) => TemplateParameterReader.WhyNot(parameter, value);

    private static T? Read<T>(string text, string file, LoadContext context, Func<YamlNode?, string, string, T> read)
        where T : class
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (!PolicyName.IsValid(name))
            context.Error(default, "", $"the file's name is its key and must match {PolicyName.Pattern} before .md");
        if (Encoding.UTF8.GetByteCount(text) > MaximumBytes)
        {
            context.Error(default, "", $"is larger than {MaximumBytes / 1024} KiB");
            return null;
        }
        if (!FrontMatter.TrySplit(text, out var parts, out var place, out var problem))
        {
            context.Error(place, "", problem);
            return null;
        }
        var root = YamlReader.Read(parts.Yaml, 1, (at, message) => context.Error(at, "", message));
        // A text that isn't YAML says nothing; complaints about what seems missing then would only hide the cause.
        return root is null && context.Errors.Count > 0 ? null : read(root, name, parts.Body);
    }

    private static (string File, PolicyError? Error) Locate(string nameOrPath, string folder, string kind, PolicyLoadOptions options)
    {
        if (nameOrPath.Contains('/', StringComparison.Ordinal) || nameOrPath.EndsWith(".md", StringComparison.Ordinal))
            return (nameOrPath, File.Exists(nameOrPath) ? null : Fault(nameOrPath, "there is no such file"));
        var directory = Path.Combine(options.Home, folder);
        if (!PolicyName.IsValid(nameOrPath))
            return ("", Fault(nameOrPath, $"is no name of a {kind} ({PolicyName.Pattern}) and no path to a .md file"));
        var file = Path.Combine(directory, nameOrPath + ".md");
        if (File.Exists(file))
            return (file, null);
        var known = Names(directory);
        var error = Fault(nameOrPath, $"there is no {kind} of this name in {directory}");
        return (file, error with { DidYouMean = Suggestion.Nearest(nameOrPath, known), Allowed = [.. known.Take(20)] });
    }

    /// <summary>Names of the files in a folder of <c>$CAISSON_HOME</c>, sorted, valid or not.</summary>
    internal static IReadOnlyList<string> Names(string directory) =>
        Directory.Exists(directory)
            ?
            [
                .. Directory
                    .EnumerateFiles(directory, "*.md")
                    .Select(file => Path.GetFileNameWithoutExtension(file))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private static PolicyError? ReadFile(string file, out string text)
    {
        text = "";
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            // One byte more than allowed is enough to know, also of something endless.
            var buffer = new byte[MaximumBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaximumBytes)
                return Fault(file, $"is larger than {MaximumBytes / 1024} KiB");
            text = new UTF8Encoding(false, true).GetString(buffer, 0, length);
            return null;
        }
        catch (DecoderFallbackException)
        {
            return Fault(file, "is not valid UTF-8");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fault(file, $"can't be read: {exception.Message}");
        }
    }

    private static PolicyError Fault(string file, string message) => new() { File = file, Message = message };
}
