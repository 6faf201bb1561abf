using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Caisson.Cli.Access;
using Caisson.Cli.Agents;
using Caisson.Cli.Completion;
using Caisson.Cli.Configuration;
using Caisson.Cli.Credentials;
using Caisson.Cli.Output;
using Caisson.Cli.Policies;
using Caisson.Cli.Recordings;
using Caisson.Cli.Sandboxes;
using Caisson.Cli.Scanning;
using Caisson.Cli.Serving;
using Caisson.Cli.Workspaces;

namespace Caisson.Cli;

/// <summary>All verbs. To add one: a class with <c>Create()</c> in the folder of its subject, with two examples, and a line here.</summary>
internal static class CommandLine
{
    internal static RootCommand Create()
    {
        var root = new RootCommand($"Runs coding agents in sealed sandboxes with one governed exit.\n\n{ExitCode.Help}")
        {
            RunCommand.Create(),
            ResumeCommand.Create(),
            AttachCommand.Create(),
            ExecCommand.Create(),
            ListCommand.Create(),
            LogsCommand.Create(),
            StopCommand.Create(),
            RemoveCommand.Create(),
            DiffCommand.Create(),
            ApplyCommand.Create(),
            WorkspaceCommands.Create(),
            TemplateCommands.Create(),
            JobCommands.Create(),
            RecordingCommands.Create(),
            PolicyCommands.Create(),
            ScanCommand.Create(),
            AgentCommands.Create(),
            CredentialCommands.Create(),
            AuthCommands.Create(),
            ConfigCommands.Create(),
            ServeCommand.Create(),
            DoctorCommand.Create(),
            VersionCommand.Create(),
            CompletionCommand.Create(),
            CompleteCommand.Create(),
            ManualCommand.Create(),
        };
        root.Add(Verb.Json);
        root.Add(Verb.Format);
        root.Add(Verb.Quiet);
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples();
        return root;
    }

    internal static Task<int> RunAsync(string[] arguments)
    {
        var result = Create().Parse(arguments);
        return result.Action is ParseErrorAction
            ? Task.FromResult(Misuse.Report(result))
            : result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
