using System.CommandLine;
using Caisson.Cli.Agents;
using Caisson.Cli.Credentials;
using Caisson.Cli.Output;
using Caisson.Cli.Sandboxes;
using Caisson.Cli.Serving;

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
    AgentCommands.Create(),
    CredentialCommands.Create(),
    ServeCommand.Create(),
    DoctorCommand.Create(),
    VersionCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
