using System.Text.Json;
using Caisson.Api;
using Caisson.Cli.Connection;

namespace Caisson.Cli.Tests.Connection;

public sealed class LenientTests
{
    [Fact]
    public void WhatANewerServerTellsBeside_IsPassedOver_AndWhatIsNeededIsStillNeeded()
    {
        const string answer = """
            { "text": "It runs.", "reason": "started", "since": "2026-01-01T00:00:00Z", "actor": null, "keptAwakeBy": [], "mood": { "good": true } }
            """;

        JsonSerializer.Deserialize(answer, ServerClient.Lenient(WorkspaceJson.Default.WhyResponse))!.Text.ShouldBe("It runs.");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(answer, WorkspaceJson.Default.WhyResponse));
        Should.Throw<JsonException>(() =>
            JsonSerializer.Deserialize("""{ "id": "j-1" }""", ServerClient.Lenient(WorkspaceJson.Default.JobResponse))
        );
    }
}
