using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Access;

internal static class AuthCommands
{
    internal static Command Create() =>
        new("auth", "Signs people in to the web app, and this command line in at a server.")
        {
            Link(),
            LoginCommand.Create(),
            StatusCommands.Status(),
            StatusCommands.Logout(),
            TokenCommands.Create(),
        };

    private static Command Link()
    {
        var admin = new Option<bool>("--admin") { Description = "An admin session of 10 minutes, for when the proxy or provider is down." };
        var reason = new Option<string?>("--reason") { Description = "Why; it is recorded. Needed with --admin.", HelpName = "TEXT" };
        return new Command("link", "Prints a login link. It works once, for 10 minutes: who has it is you.") { admin, reason }
            .Prints(AccessJson.Default.NewLinkResponse)
            .Examples("caisson auth link", "caisson auth link --admin --reason provider-is-down")
            .Does(
                async (result, cancellation) =>
                {
                    var why = result.GetValue(reason);
                    if (result.GetValue(admin) != why is not null)
                        throw new CommandFailure(
                            ExitCode.Usage,
                            "--admin and --reason TEXT go together.",
                            "caisson auth link --admin --reason TEXT"
                        );
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var link = await client.PostAsync(
                        "/api/v1/auth/links",
                        new NewLinkRequest(why),
                        AccessJson.Default.NewLinkRequest,
                        AccessJson.Default.NewLinkResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(link, AccessJson.Default.NewLinkResponse);
                    else
                        Console.Out.WriteLine(link.Url);
                    return ExitCode.Ok;
                }
            );
    }
}
