using System.Text.Json;
using System.Text.Json.Nodes;
using Caisson.Policy.Composition;

namespace Caisson.Workspaces.Launching;

/// <summary>What <c>http://caisson.internal/v1/policy</c> tells an agent: where it may go and how. Names of credentials, never values.</summary>
internal static class PolicySummary
{
    internal static string Of(EffectivePolicy policy)
    {
        var routes = new JsonArray();
        foreach (var route in policy.Routes)
        {
            routes.Add(
                new JsonObject
                {
                    ["host"] = route.Host,
                    ["ports"] = new JsonArray([.. route.Ports.Select(port => JsonValue.Create(port))]),
                    ["match"] = new JsonArray([.. route.Match.Select(Rule)]),
                    ["deny"] = new JsonArray([.. route.Deny.Select(Rule)]),
                    ["credential"] = route.Credential,
                    ["comment"] = route.Comment,
                }
            );
        }
        return new JsonObject { ["default"] = "deny", ["routes"] = routes }.ToJsonString(
            new JsonSerializerOptions { WriteIndented = true }
        );
    }

    private static JsonNode Rule(Policy.MatchRule rule) =>
        new JsonObject
        {
            ["methods"] = new JsonArray([.. rule.Methods.Select(method => JsonValue.Create(method))]),
            ["paths"] = new JsonArray([
                .. rule.Paths.Select(path => JsonValue.Create($"{path.Type.ToString().ToLowerInvariant()} {path.Value}")),
            ]),
        };
}
