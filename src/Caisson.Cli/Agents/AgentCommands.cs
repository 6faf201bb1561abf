using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Agents;

internal static class AgentCommands
{
    internal static Command Create() => new("agent", "Lists and installs agents.") { List(), Install() };

    private static Command List() =>
        new Command("list", "Lists the agents that Caisson knows, with their pinned and installed versions.")
            .Prints(ApiJson.Default.AgentList)
            .Examples("caisson agent list", "caisson agent list --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var list = await client.GetAsync("/api/v1/agents", ApiJson.Default.AgentList, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (list, ApiJson.Default.AgentList),
                        (list.Items, ApiJson.Default.AgentResponse),
                        ["AGENT", "PINNED", "INSTALLED", "ARCH", "STATE", "ROUTES", "ABILITIES"],
                        agent =>
                            [
                                agent.Name,
                                agent.Pinned ?? "-",
                                agent.Installed ?? "-",
                                agent.Architecture,
                                agent.State,
                                agent.Routes.Count == 0 ? "-" : string.Join(",", agent.Routes),
                                agent.Abilities.Count == 0 ? "-" : string.Join(",", agent.Abilities),
                            ]
                    );
                    return ExitCode.Ok;
                }
            );

    private static Command Install()
    {
        var name = new Argument<string>("agent") { Description = "An agent (`caisson agent list`)." }.Completes(
            LiveNames.Words("claude", "codex", "opencode")
        );
        return new Command("install", "Downloads an agent's pinned archive, verifies its sum and unpacks it into the store.") { name }
            .Prints(ApiJson.Default.AgentResponse)
            .Examples("caisson agent install claude", "caisson agent install codex && caisson run codex")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var path = $"/api/v1/agents/{Uri.EscapeDataString(result.GetValue(name)!)}/install";
                    var agent = await client.PostAsync(
                        path,
                        new Problem(),
                        ApiJson.Default.Problem,
                        ApiJson.Default.AgentResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(agent, ApiJson.Default.AgentResponse);
                    else
                        Printer.Words($"caisson: {agent.Name} {agent.Installed} is installed");
                    return ExitCode.Ok;
                }
            );
    }
}
