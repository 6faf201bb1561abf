using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Caisson.VendorStandIns.Model;

/// <summary>
/// The stand-in's "model". It reads its orders from the prompt and nothing else:
/// <c>[write FILE: TEXT]</c> creates a file through the client's file tool, or its shell where it has no file tool;
/// <c>[run: COMMAND]</c> runs a command through the client's shell tool and repeats what the tool answered;
/// <c>[signature]</c> stands for the text of <c>[signed as TEXT]</c>, which has to come from the system prompt;
/// <c>[model]</c> is answered with <c>Stand-in is MODEL</c>;
/// any other prompt is answered with <c>Stand-in heard: PROMPT</c>.
/// </summary>
public static partial class ScriptedModel
{
    /// <param name="model">The model that the client asked for.</param>
    /// <param name="prompt">Last text that the user typed.</param>
    /// <param name="toolResult">What the client's tool answered after that prompt, or null when none ran yet.</param>
    /// <param name="tools">Tools that the client offers.</param>
    public static Turn Next(string model, string prompt, string? toolResult, IReadOnlyList<ToolSpec> tools)
    {
        if (WriteOrder().Match(prompt) is { Success: true } write)
        {
            var (file, text) = (write.Groups["file"].Value, write.Groups["text"].Value);
            if (toolResult is not null)
                return new Turn.Say($"Stand-in finished: {file} is written.");
            return WriteFile(file, text + "\n", tools) ?? NoTool("file or shell");
        }
        if (RunOrder().Match(prompt) is { Success: true } run)
        {
            if (toolResult is not null)
                return new Turn.Say($"Stand-in finished: {toolResult.Trim()}");
            return RunCommand(run.Groups["command"].Value, tools) ?? NoTool("shell");
        }
        if (prompt.Contains("[model]", StringComparison.Ordinal))
            return new Turn.Say($"Stand-in is {model}");
        return new Turn.Say($"Stand-in heard: {(prompt.Length > 120 ? prompt[..120] : prompt)}");
    }

    /// <summary>Shows whether a system prompt arrived: it alone holds what the prompt's <c>[signature]</c> stands for.</summary>
    public static string Sign(string prompt, JsonNode body) =>
        prompt.Contains("[signature]", StringComparison.Ordinal) && SignedAs().Match(body.ToJsonString()) is { Success: true } signed
            ? prompt.Replace("[signature]", $"signed as {signed.Groups["name"].Value}", StringComparison.Ordinal)
            : prompt;

    private static Turn.Say NoTool(string kind) => new($"Stand-in failed: the client offers no {kind} tool.");

    private static Turn? WriteFile(string file, string text, IReadOnlyList<ToolSpec> tools)
    {
        foreach (var tool in tools)
        {
            var path = tool.Property("file_path", "filePath", "path");
            var content = tool.Property("content");
            if (string.Equals(tool.Name, "write", StringComparison.OrdinalIgnoreCase) && path is not null && content is not null)
                return new Turn.CallFunction(tool.Name, new JsonObject { [path] = file, [content] = text });
        }
        return RunCommand($"printf '%s' {Quote(text)} > {Quote(file)}", tools);
    }

    private static Turn? RunCommand(string command, IReadOnlyList<ToolSpec> tools)
    {
        foreach (var tool in tools)
        {
            // Codex runs JavaScript that calls its tools; what `text` is given is the answer.
            if (tool is { Name: "exec", Schema: null })
            {
                var argument = new JsonObject { ["cmd"] = command }.ToJsonString();
                return new Turn.CallFreeForm(tool.Name, tool.Namespace, $"text((await tools.exec_command({argument})).output);");
            }
            if (tool.Name.ToLowerInvariant() is not ("bash" or "shell" or "shell_command" or "exec_command" or "local_shell"))
                continue;
            var property = tool.Property("command", "cmd");
            if (property is null)
                continue;
            var isList = (string?)tool.Schema?["properties"]?[property]?["type"] == "array";
            var input = new JsonObject { [property] = isList ? new JsonArray("sh", "-c", command) : JsonValue.Create(command) };
            if (tool.Requires("description"))
                input["description"] = "Ordered by the prompt";
            return new Turn.CallFunction(tool.Name, input);
        }
        return null;
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\[write (?<file>[^\]:]+): (?<text>[^\]]*)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex WriteOrder();

    [GeneratedRegex(@"\[signed as (?<name>\w+)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SignedAs();

    [GeneratedRegex(@"\[run: (?<command>[^\]]+)\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex RunOrder();
}
