using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Access;

/// <summary>What an answer tells: its body without the number of the request, which differs each time and says nothing.</summary>
internal static class Answer
{
    internal static async Task<string> TextAsync(HttpResponseMessage response)
    {
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        problem.Remove("request_id").ShouldBeTrue();
        return problem.ToJsonString();
    }
}
