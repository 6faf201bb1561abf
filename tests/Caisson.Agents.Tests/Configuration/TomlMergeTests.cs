using Caisson.Agents.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Agents.Tests.Configuration;

public sealed class TomlMergeTests
{
    private static readonly AgentFile File = new(
        "config.toml",
        FileFormat.Toml,
        [
            Setting.Default("never", "approval_policy"),
            Setting.Owned("full", "sandbox_mode"),
            Setting.Owned(false, "analytics", "enabled"),
            Setting.Owned("trusted", "projects", "/workspace", "trust_level"),
        ]
    );

    [Fact]
    public void MakesAFreshFile() =>
        File.InitialContent.ShouldBe(
            """
            approval_policy = "never"
            sandbox_mode = "full"

            [analytics]
            enabled = false

            [projects."/workspace"]
            trust_level = "trusted"

            """
        );

    [Fact]
    public void KeepsCommentsOrderAndUnknownKeys()
    {
        const string before = """"
            # Mine
            model = "gpt" # the good one
            sandbox_mode = "read-only" # because
            notes = """
            [analytics]
            enabled = true
            """

            [mcp_servers.docs]
            command = ["docs",
              "serve", # with "quotes" and ]
            ]

            [projects."/home/me"]
            trust_level = "untrusted"

            [[rules]]
            enabled = true
            """";

        ConfigurationMerge
            .Apply(File, before)
            .ShouldBe(
                new MergeResult(
                    """"
                    # Mine
                    model = "gpt" # the good one
                    sandbox_mode = "full" # because
                    notes = """
                    [analytics]
                    enabled = true
                    """
                    approval_policy = "never"

                    [mcp_servers.docs]
                    command = ["docs",
                      "serve", # with "quotes" and ]
                    ]

                    [projects."/home/me"]
                    trust_level = "untrusted"

                    [[rules]]
                    enabled = true

                    [analytics]
                    enabled = false

                    [projects."/workspace"]
                    trust_level = "trusted"

                    """",
                    Changed: true
                )
            );
    }

    [Theory]
    [InlineData("analytics.sample = 2\n", "analytics.sample = 2\nanalytics.enabled = false\n")]
    [InlineData("analytics.enabled = true\n", "analytics.enabled = false\n")]
    [InlineData("[ analytics ] # off\nsample = 2\n", "[ analytics ] # off\nsample = 2\nenabled = false\n")]
    [InlineData("[analytics]\n", "[analytics]\nenabled = false\n")]
    [InlineData("[analytics]\nenabled = [\n true,\n] # list\n", "[analytics]\nenabled = false # list\n")]
    public void SetsAKeyInTheFormThatTheUserChose(string before, string after) =>
        ConfigurationMerge.Apply(File with { Settings = [Setting.Owned(false, "analytics", "enabled")] }, before).Content.ShouldBe(after);

    [Fact]
    public void LeavesADefaultToTheUser()
    {
        var file = File with { Settings = [Setting.Default("never", "approval_policy"), Setting.Default(true, "tui", "quiet")] };
        const string before = "approval_policy = 'on-request'\ntui = { quiet = false }\n";

        ConfigurationMerge.Apply(file, before).ShouldBe(new MergeResult(before, Changed: false));
    }

    [Theory]
    [InlineData("analytics = { enabled = true }\n", "line 1: analytics.enabled can't be set below a value")]
    [InlineData("\nnot toml\n", "line 2: 'key = value' was expected")]
    [InlineData("a = \"open\n", "line 1: the value of a has no end")]
    [InlineData("a = [1,\n2\n", "line 1: the value of a has no end")]
    [InlineData("[analytics\n", "line 1: a table's name was expected")]
    public void SaysWhyAndWhere_WhenAFileCannotBeMerged(string text, string why)
    {
        var merged = ConfigurationMerge.Apply(File, text);

        merged.Broken.ShouldBe(why);
        merged.Content.ShouldBe(File.InitialContent);
    }

    [Fact]
    public void TwiceIsAsGoodAsOnce_AndUserKeysStay() =>
        Prop.ForAll(
                Documents.ToArbitrary(),
                text =>
                {
                    var once = ConfigurationMerge.Apply(File, text);
                    var twice = ConfigurationMerge.Apply(File, once.Content);
                    var before = new TomlDocument(text);
                    var after = new TomlDocument(once.Content);
                    return once.Broken is null
                        && !twice.Changed
                        && twice.Content == once.Content
                        && before.Entries.All(entry => after.Entries.Exists(other => other.Path.SequenceEqual(entry.Path)));
                }
            )
            .QuickCheckThrowOnFailure();

    /// <summary>Valid files of distinct tables and keys, some of them ours.</summary>
    private static Gen<string> Documents =>
        from top in Gen.SubListOf(
            "model = \"m\"",
            "# words",
            "",
            "sandbox_mode = 'x' # c",
            "analytics.rate = 1.5",
            "tools = [\n  \"a#b\", # c\n]"
        )
        from tables in Gen.SubListOf(
            "[other]\nenabled = true",
            "[projects.\"/workspace\"]\n# none",
            "[[list]]\nkey = 1",
            "[projects.'/x']\ntrust_level = '''a\nb'''"
        )
        from end in Gen.Elements("", "\n", "\n\n")
        select string.Join('\n', top.Concat(tables)) + end;
}
