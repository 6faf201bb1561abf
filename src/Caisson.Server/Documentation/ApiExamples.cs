using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Caisson.Api;
using Caisson.Server.Endpoints;

namespace Caisson.Server.Documentation;

/// <summary>One example of each message. They are real objects, so that none can differ from its schema.</summary>
internal static partial class ApiExamples
{
    private const string Workspace = "w-1a2b3c4d5e6f7a8b";
    private const string Job = "j-1a2b3c4d5e6f7a8b";
    private const string Terminal = "t-1a2b3c4d5e6f7a8b";
    private const string Recording = "r-1a2b3c4d5e6f7a8b";
    private const string User = "u-1a2b3c4d5e6f7a8b";
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ApiJson.Default, AccessJson.Default, WorkspaceJson.Default),
    };

    private static readonly Dictionary<Type, object> Objects = new[]
    {
        OfAccess(),
        OfWorkspaces(),
        OfSandboxes(),
        OfHealth(),
        OfRecordings(),
    }
        .SelectMany(some => some)
        .ToDictionary(pair => pair.Type, pair => pair.Value);

    /// <summary>Null for what is no message of ours: texts, bytes, streams.</summary>
    internal static JsonNode? Of(Type type) =>
        Objects.TryGetValue(type, out var value) ? JsonSerializer.SerializeToNode(value, type, Options)
        : type == typeof(JsonObject) ? new JsonObject { ["theme"] = "dark" }
        : null;

    internal static JsonNode? Problem(string code, int status) =>
        JsonSerializer.SerializeToNode(
            new Problem
            {
                Title = code,
                Status = status,
                Code = code,
                Detail = ProblemCodes.All[code].Meaning,
                RequestId = "0HN7:00000001",
            },
            ApiJson.Default.Problem
        );

    internal static JsonNode? OfParameter(string name) => Parameter(name).Example;

    internal static string DescriptionOfParameter(string name) => Parameter(name).Description;

    private static (JsonNode? Example, string Description) Parameter(string name) =>
        name switch
        {
            "id" => (Workspace, "The id of the thing."),
            "check" => ("disk.low", "The code of a check."),
            "user" => (User, "A person's id."),
            "name" => ("default", "A name."),
            "provider" => ("corp", "The name of a provider, from auth.oidc."),
            "process" => (1, "The number of a process in its sandbox."),
            "q" => ("first", "A search text. Of workspaces: owner:me status:failed template:x outdated:true idle:>2d why:user, and words."),
            "owner" => (User, "Those of this person."),
            "limit" => (50, "How many at most."),
            "cursor" => (null, "next of the page before."),
            "after" => (0, "What came after this."),
            "from" => (0, "Where to begin: an offset in the terminal's output, or seconds in a recording."),
            "regex" => (false, "Whether q is a regular expression."),
            "deleted" => (false, "Those that are deleted and can be restored, in place of the others."),
            "force" => (false, "At once and with its home, in whatever state it is."),
            "type" => ("workspace.changed", "Events of this type alone."),
            "workspace" => (Workspace, "Those of this workspace alone."),
            "viewer" => ("v-1a2b3c4d5e6f7a8b", "The id of somebody who looks."),
            "at" => ("2026-03-01T12:00:00Z", "Those that ran then."),
            "format" => ("v3", "v3, v2 (asciicast) or txt."),
            "to" => (null, "The last moment, in seconds."),
            "follow" => (false, "Whether to go on while the terminal does."),
            "download" => (false, "Whether it is to be kept as a file."),
            "path" => ("/home/agent/notes.txt", "A file, absolute inside the workspace."),
            "output" => (0, "The offset in standard output, or in the terminal's, to go on at."),
            "error" => (0, "The offset in standard error to go on at."),
            "next" => ("/", "The page to go to after the login."),
            "code" => (null, "As the provider sends it."),
            "state" => (null, "As the provider sends it."),
            _ => throw new InvalidOperationException($"The parameter {name} has no example: add it to {nameof(ApiExamples)}."),
        };
}
