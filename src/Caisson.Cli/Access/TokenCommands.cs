using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Access;

/// <summary>API tokens for scripts.</summary>
internal static class TokenCommands
{
    internal static Command Create() => new("token", "API tokens for scripts and other programs.") { List(), New(), Remove() };

    private static Command List() =>
        new Command("ls", "Lists your tokens.")
            .Prints(AccessJson.Default.IReadOnlyListTokenResponse)
            .Examples("caisson auth token ls", "caisson auth token ls --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var tokens = await client.GetAsync("/api/v1/me/tokens", AccessJson.Default.IReadOnlyListTokenResponse, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (tokens, AccessJson.Default.IReadOnlyListTokenResponse),
                        (tokens, AccessJson.Default.TokenResponse),
                        ["ID", "NAME", "EXPIRES", "LAST USED", "SCOPES"],
                        token =>
                            [
                                token.Id,
                                token.Name,
                                $"{token.Expires.ToLocalTime():yyyy-MM-dd}",
                                token.LastUsed is { } used ? $"{used.ToLocalTime():yyyy-MM-dd HH:mm}" : "never",
                                string.Join(' ', token.Scopes),
                            ]
                    );
                    return ExitCode.Ok;
                }
            );

    private static Command New()
    {
        var name = new Argument<string>("name") { Description = "What it is for.", HelpName = "NAME" };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it may do, of what you may; default: workspaces:read.",
            HelpName = "SCOPE",
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<int?>("--days") { Description = "Until it expires, 1 to 365; default: 90.", HelpName = "N" };
        return new Command("create", "Makes a token and prints it, this once.") { name, scopes, days }
            .Prints(AccessJson.Default.TokenResponse)
            .Examples("caisson auth token create ci", "caisson auth token create ci --scope workspaces:read workspaces:write --days 30")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    var token = await client.PostAsync(
                        "/api/v1/me/tokens",
                        new NewTokenRequest(result.GetValue(name)!, result.GetValue(scopes), result.GetValue(days)),
                        AccessJson.Default.NewTokenRequest,
                        AccessJson.Default.TokenResponse,
                        cancellation
                    );
                    if (Verb.IsJson(result))
                        Printer.Json(token, AccessJson.Default.TokenResponse);
                    else
                        Console.Out.WriteLine(token.Token);
                    Printer.Words($"caisson: it is shown this once, and expires on {token.Expires.ToLocalTime():yyyy-MM-dd}");
                    return ExitCode.Ok;
                }
            );
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "As `caisson auth token ls` shows it.", HelpName = "ID" };
        return new Command("rm", "Revokes a token: what uses it is refused from then on.") { id }
            .Examples("caisson auth token rm 4k7q2m", "caisson auth token rm 4k7q2m --quiet")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenSignedInAsync(cancellation);
                    await client.DeleteAsync($"/api/v1/me/tokens/{Uri.EscapeDataString(result.GetValue(id)!)}", cancellation);
                    return ExitCode.Ok;
                }
            );
    }
}
