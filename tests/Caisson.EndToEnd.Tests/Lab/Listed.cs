using System.Text.Json.Nodes;

namespace Caisson.EndToEnd.Tests.Lab;

/// <summary>One line of <c>caisson ls --json</c>.</summary>
internal sealed record Listed(string Id, string Name, string State, int? ExitCode)
{
    internal static IReadOnlyList<Listed> Read(string json) =>
        [
            .. JsonNode.Parse(json)!["items"]!
                .AsArray()
                .Select(item => new Listed(
                    (string)item!["id"]!,
                    (string)item["name"]!,
                    (string)item["state"]!,
                    (int?)item["exitCode"] ?? (int?)item["exit_code"]
                )),
        ];
}
