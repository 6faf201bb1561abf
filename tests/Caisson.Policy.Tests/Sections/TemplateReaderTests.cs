using Caisson.Policy.Loading;
using Caisson.Policy.Manifest;

namespace Caisson.Policy.Tests.Sections;

public sealed class TemplateReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caisson-templates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ATemplate_IsReadWithAllItsKeys()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "app"));

        var template = Load(
            """
            description: For the course
            policies: [base, web]
            agents: [claude]
            projects: [app]
            repositories:
              - https://example.org/tools.git
              - url: https://example.org/{{branch}}
                directory: lib
            start_in: ~/projects/app
            env: { MODE: "{{branch}}" }
            limits: { memory: 2GiB, cpus: 2 }
            driver: bubblewrap
            recording: required
            parameters:
              branch: { type: choice, label: Which, choices: [main, next], default: main }
              seats: { type: number, min: 1, max: 5 }
            """
        ).Template!;

        template.Policies.ShouldBe(["base", "web"]);
        template.Repositories.ShouldBe([new("https://example.org/tools.git", "tools"), new("https://example.org/{{branch}}", "lib")]);
        (template.StartIn, template.Env["MODE"], template.Limits.Memory!.Value).ShouldBe(("projects/app", "{{branch}}", 2L << 30));
        template.Recording.ShouldBe(RecordingMode.Required);
        template
            .Parameters.Select(parameter => (parameter.Name, parameter.Type, parameter.Default))
            .ShouldBe([("branch", ParameterType.Choice, "main"), ("seats", ParameterType.Number, null)]);
    }

    [Theory]
    [InlineData("agnts: [claude]", "did you mean 'agents'")]
    [InlineData("hooks: {}", "not available yet")]
    [InlineData("pool: { size: 3 }", "not available yet")]
    [InlineData("agents: [claud]", "did you mean 'claude'")]
    [InlineData("projects: [../secret]", "no name of a folder")]
    [InlineData("projects: [nowhere]", "there is no folder 'nowhere'")]
    [InlineData("repositories: ['https://me:pass@example.org/a']", "without a user or password")]
    [InlineData("repositories: ['file:///etc']", "must be an https:// URL")]
    [InlineData("start_in: ../..", "must be a folder below ~")]
    [InlineData("env: { A: '${HOME}' }", "belongs in a policy")]
    [InlineData("env: { A: '{{nothing}}' }", "unknown parameter in {{…}} 'nothing'")]
    [InlineData("parameters: { a: { type: txt } }", "did you mean 'text'")]
    [InlineData("parameters: { a: { type: text, pattern: '(a)\\1' } }", "needs backtracking")]
    [InlineData("parameters: { a: { type: number, min: 1, default: 0 } }", "must be from 1")]
    [InlineData("parameters: { a: { type: text, choices: [x] } }", "is for parameters of type choice")]
    [InlineData("idle: 2m", "from 5m to 30d")]
    [InlineData("recording: of", "did you mean 'off'")]
    [InlineData("presets: { quick: { labl: x } }", "did you mean 'label'")]
    [InlineData("presets: { Quick: {} }", "the name of a preset must match")]
    [InlineData("presets: { quick: { parameters: { track: a } } }", "unknown parameter 'track'")]
    [InlineData("presets: { quick: { policies: [wide] } }", "unknown policy of this template 'wide'")]
    public void AFault_IsNamedWithItsLine(string yaml, string words)
    {
        var errors = Load(yaml).Errors;

        errors.ShouldContain(error =>
            error.Message.Contains(words, StringComparison.Ordinal) || error.ToString().Contains(words, StringComparison.Ordinal)
        );
        errors.ShouldAllBe(error => error.Line == 2);
    }

    [Fact]
    public void Presets_AreReadInOrder_AndTheirValuesChecked()
    {
        const string parameters = """
            policies: [base, web]
            parameters:
              track: { type: choice, choices: [a, b], help: Which of the two. }
              seats: { type: number, max: 5, default: 1 }
            presets:
              big: { label: Big, description: For all., parameters: { track: a, seats: 5 }, policies: [base] }
              small: { parameters: { track: SMALL } }
            """;

        var template = Load(parameters.Replace("SMALL", "b", StringComparison.Ordinal)).Template!;
        template.Presets.Select(preset => (preset.Name, preset.Label)).ShouldBe([("big", "Big"), ("small", "small")]);
        (template.Presets[0].Description, template.Presets[0].Parameters["seats"], template.Presets[0].Policies.Single()).ShouldBe(
            ("For all.", "5", "base")
        );
        template.Parameters[0].Help.ShouldBe("Which of the two.");

        var wrong = Load(parameters.Replace("SMALL", "c", StringComparison.Ordinal)).Errors.ShouldHaveSingleItem();
        (wrong.Line, wrong.ToString().Contains("must be one of a, b", StringComparison.Ordinal)).ShouldBe((8, true));
    }

    [Theory]
    [InlineData("idle: 90m", 90 * 60_000L)]
    [InlineData("idle: never", -1L)]
    public void HowLongItMayBeIdle_IsATime_OrNever(string yaml, long milliseconds) =>
        Load(yaml).Template!.Idle.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void NoAgents_IsAPlainPlace_AndUnsaidIsEveryInstalledOne()
    {
        Load("agents: []").Template!.Agents.ShouldBe([]);
        Load("description: x").Template!.Agents.ShouldBeNull();
    }

    [Theory]
    [InlineData(ParameterType.Text, "ab1", null)]
    [InlineData(ParameterType.Text, "ab1\n", "must be one line of at most 1,000 characters")]
    [InlineData(ParameterType.Text, "xab1", "must match [a-b]+[0-9]")]
    [InlineData(ParameterType.Secret, "sk-ant-Value", "must be the name of a credential, never its value")]
    public void AValue_IsCheckedAsItsParameterSays(ParameterType type, string value, string? why) =>
        PolicyLoader
            .WhyNot(
                new TemplateParameter
                {
                    Name = "a",
                    Type = type,
                    Label = "a",
                    Pattern = "[a-b]+[0-9]",
                },
                value
            )
            .ShouldBe(why);

    private TemplateLoadResult Load(string yaml) =>
        PolicyLoader.ParseTemplate(
            $"---\n{yaml}\n---\n",
            Path.Combine(_folder, "course.md"),
            new PolicyLoadOptions { Home = _folder, UserHome = _folder }
        );
}
