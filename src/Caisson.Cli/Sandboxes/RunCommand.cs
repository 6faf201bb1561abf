using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;
using Caisson.Cli.Terminals;

namespace Caisson.Cli.Sandboxes;

/// <summary><c>caisson run [AGENT] … [-- ARGS…]</c>: plan, question, start, attach; the exit code is the program's.</summary>
internal static class RunCommand
{
    private static readonly Argument<string?> Agent = new("agent")
    {
        Description = "An agent (`caisson agent list`). Without one, the arguments after -- are run as a command.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Argument<string[]> Rest = Names.Command();
    private static readonly Option<string[]> Policy = new Option<string[]>("--policy")
    {
        Description = "A policy by name or file. Repeatable; merged in order.",
        HelpName = "NAME|FILE",
    }.Completes(LiveNames.Policies);
    private static readonly Option<string?> Repository = new Option<string?>("--repo")
    {
        Description = "How the repository gets in: clone, copy or mount.",
        HelpName = "MODE",
    }.Completes(LiveNames.Words("clone", "copy", "mount"));
    private static readonly Option<string?> Name = new("--name") { Description = "First part of the sandbox's id." };
    private static readonly Option<string?> Driver = new("--driver") { Description = "The driver to use.", HelpName = "NAME" };
    private static readonly Option<bool> Headless = new("--headless") { Description = "Answer one prompt without a terminal and end." };
    private static readonly Option<string?> Prompt = new("--prompt")
    {
        Description = "The prompt; - reads it from standard input.",
        HelpName = "TEXT",
    };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print the plan and change nothing." };
    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "Keep the sandbox for `caisson resume` whatever the exit code.",
    };
    private static readonly Option<bool> Remove = new("--rm") { Description = "Remove the sandbox whatever the exit code." };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Start without asking." };

    internal static Command Create()
    {
        Repository.AcceptOnlyFromAmong("clone", "copy", "mount");
        var command = new Command("run", "Runs an agent or a command in a new sandbox.")
        {
            Agent,
            Rest,
            Policy,
            Repository,
            Name,
            Driver,
            Headless,
            Prompt,
            DryRun,
            Keep,
            Remove,
            Yes,
        };
        return command
            .Prints(ApiJson.Default.PlanResponse)
            .Examples("caisson run claude", "caisson run --policy web --rm -- npm test")
            .Does(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        var request = Request(result);
        using var client = await ServerClient.OpenAsync(cancellation);
        var plan = await client.PostAsync("/api/v1/plans", request, ApiJson.Default.RunRequest, ApiJson.Default.PlanResponse, cancellation);
        var json = Verb.IsJson(result);
        if (result.GetValue(DryRun))
        {
            PlanPrinter.Print(plan, json);
            Answers.CheckVariables(plan);
            return ExitCode.Ok;
        }
        Answers.CheckVariables(plan);
        var values = Answers.Collect(plan);
        if (plan.Opens && !result.GetValue(Yes))
            Confirm(plan);
        var sandbox = await client.PostAsync(
            "/api/v1/sandboxes",
            request with
            {
                Values = values,
                PlanHash = plan.Hash,
            },
            ApiJson.Default.RunRequest,
            ApiJson.Default.SandboxResponse,
            cancellation
        );
        return await SandboxSession.FollowAsync(client, sandbox, request.Terminal is not null, cancellation);
    }

    private static RunRequest Request(ParseResult result)
    {
        // System.CommandLine binds the first word after -- to AGENT; a command is told from an agent by where it stands.
        var (agent, rest) = Split(result);
        if (agent is null && rest.Count == 0)
            throw new CommandFailure(
                ExitCode.Usage,
                "Neither an agent nor a command was given.",
                "caisson run claude, or caisson run -- COMMAND [ARGS…]"
            );
        if (result.GetValue(Keep) && result.GetValue(Remove))
            throw new CommandFailure(ExitCode.Usage, "--keep and --rm exclude each other.");
        var headless = result.GetValue(Headless);
        var prompt = result.GetValue(Prompt);
        if (headless && agent is not null && prompt is null)
            throw new CommandFailure(ExitCode.Usage, "--headless needs --prompt TEXT (or --prompt - for standard input).");
        return new RunRequest
        {
            Agent = agent,
            Arguments = rest,
            Policies = [.. (result.GetValue(Policy) ?? []).Select(Absolute)],
            Repository = result.GetValue(Repository),
            Directory = Environment.CurrentDirectory,
            Name = result.GetValue(Name),
            Driver = result.GetValue(Driver),
            Headless = headless,
            Prompt = prompt == "-" ? Console.In.ReadToEnd() : prompt,
            Terminal = !headless && RawTerminal.IsInteractive ? RawTerminal.Size() : null,
            Keep =
                result.GetValue(Keep) ? true
                : result.GetValue(Remove) ? false
                : null,
        };
    }

    private static (string? Agent, IReadOnlyList<string> Command) Split(ParseResult result)
    {
        var tokens = result.Tokens.Select(token => token.Value).ToList();
        var mark = tokens.IndexOf("--");
        var agent = result.GetValue(Agent);
        var rest = result.GetValue(Rest) ?? [];
        if (mark < 0)
            return (agent, rest);
        var after = tokens[(mark + 1)..];
        var before = (agent is null ? 0 : 1) + rest.Length - after.Count;
        return before > 0 ? (agent, after) : (null, after);
    }

    /// <summary>A policy's path is the caller's, so it is made absolute here; a name is not a path.</summary>
    private static string Absolute(string policy) =>
        policy.Contains('/', StringComparison.Ordinal) || policy.EndsWith(".md", StringComparison.Ordinal)
            ? Path.GetFullPath(policy)
            : policy;

    private static void Confirm(PlanResponse plan)
    {
        PlanPrinter.Print(plan, json: false, toError: true);
        if (!RawTerminal.IsInteractive)
            throw new CommandFailure(
                ExitCode.Usage,
                "The plan above needs an answer, and there is no terminal to ask on. Nothing was started.",
                "caisson run --yes …"
            );
        Console.Error.Write("Start? [Y/n] ");
        var answer = StandardInput.ReadLine();
        if (answer is null || !(answer.Length == 0 || answer.StartsWith('y') || answer.StartsWith('Y')))
            throw new CommandFailure(ExitCode.State, "Nothing was started.");
    }
}
