using Caisson.Policy.Manifest;
using Caisson.Policy.Tests.Decisions;
using Caisson.Policy.Tests.Loading;

namespace Caisson.Policy.Tests.Composition;

public sealed class DetectTests
{
    private static readonly Route Claude = new()
    {
        Host = "api.anthropic.com",
        Ports = [443],
        Label = "claude",
        Origin = new Origin(Layer.AgentProvider, "claude"),
    };

    [Fact]
    public void ARoutesOwnWord_ComesBeforeThePolicys_AndTheLastPolicysBeforeEarlierOnes()
    {
        var table = Text.Effective(
                "detect: { on_match: deny, outbound: [known] }",
                "detect: { on_match: warn }\nroutes: [{ host: a.example, detect: { on_match: redact } }, { host: b.example, detect: { outbound: false } }]"
            )
            .Compile();

        Of("a.example").OnMatch!.Value.ShouldBe(DetectAction.Redact);
        Of("a.example").Outbound!.Value.ShouldBe([OutboundDetector.Known]);
        Of("b.example").OnMatch!.Value.ShouldBe(DetectAction.Warn);
        Of("b.example").OnMatch!.Origin.File.ShouldBe("p1.md");
        Of("b.example").Outbound!.Value.ShouldBeEmpty();

        DetectSettings Of(string host) => table.Decide(Given.Get(host)).Route.ShouldNotBeNull().Detect;
    }

    [Fact]
    public void Decoys_LieInFilesAsWell_WhereTheLastPolicySaysSo()
    {
        Text.Effective("detect: { on_match: deny }").Detect.Canaries.ShouldBeNull();
        Text.Effective("detect: { canaries: env }", "detect: { canaries: files }").Detect.Canaries!.Value.ShouldBe(CanaryPlacement.Files);
    }

    [Theory]
    [InlineData("deny", DetectAction.Deny)]
    [InlineData("hold", DetectAction.Hold)]
    [InlineData("warn", null)]
    [InlineData("redact", null)]
    public void OnAProvidersRoute_APolicyOnlyTightens(string word, DetectAction? action)
    {
        var detect = Text.Effective($"detect: {{ on_match: {word}, outbound: false }}")
            .WithProviderRoutes([Claude])
            .Compile()
            .Decide(Given.Get("api.anthropic.com"))
            .Route.ShouldNotBeNull()
            .Detect;

        (detect.OnMatch?.Value).ShouldBe(action);
        detect.Outbound.ShouldBeNull();
    }
}
