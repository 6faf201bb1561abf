using System.CommandLine;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Access;

/// <param name="Server">Null: the server of this machine, over its Unix socket.</param>
/// <param name="Account">Who commands act for there.</param>
/// <param name="Token">What the token is called at the server.</param>
internal sealed record AuthStatus(string? Server, string Account, IReadOnlyList<string> Roles, string? Token, DateTimeOffset? Expires);

/// <summary>Where this command line is signed in, and signing it out.</summary>
internal static class StatusCommands
{
    internal static Command Status() =>
        new Command("status", "Tells where this command line is signed in, and as whom.")
            .Prints(LoginJson.Default.AuthStatus)
            .Examples("caisson auth status", "caisson auth status --json")
            .Does((result, cancellation) => PrintAsync(result, SavedLogin.Load(), cancellation));

    internal static Command Logout() =>
        new Command("logout", "Signs this command line out: its token is taken back, and commands go to the server of this machine again.")
            .Examples("caisson auth logout", "caisson auth logout --quiet")
            .Does(
                async (_, cancellation) =>
                {
                    if (SavedLogin.Load() is not { } login)
                    {
                        Printer.Words("caisson: signed in nowhere");
                        return ExitCode.Ok;
                    }
                    var taken = await TakeBackAsync(login, cancellation);
                    SavedLogin.Forget();
                    if (taken)
                        Printer.Words($"caisson: signed out at {login.Server}");
                    return taken ? ExitCode.Ok : ExitCode.Unreachable;
                }
            );

    internal static async Task<int> PrintAsync(ParseResult result, SavedLogin? login, CancellationToken cancellation)
    {
        using var client = login is null ? await ServerClient.OpenAsync(cancellation) : ServerClient.At(new Uri(login.Server), login.Token);
        var me = await client.GetAsync("/api/v1/me", AccessJson.Default.MeResponse, cancellation);
        var status = new AuthStatus(login?.Server, me.Address, me.Roles, login?.Name, login?.Expires);
        if (Verb.IsJson(result))
            Printer.Json(status, LoginJson.Default.AuthStatus);
        else if (login is null)
            Console.Out.WriteLine($"Signed in nowhere: commands go to the server of this machine, as {me.Address}.");
        else
            Console.Out.WriteLine(
                $"Signed in at {login.Server} as {me.Address} ({string.Join(", ", me.Roles)}) with the token '{login.Name}' until {login.Expires.ToLocalTime():yyyy-MM-dd}."
            );
        return ExitCode.Ok;
    }

    /// <returns>False: it is still good at the server, and the person is told.</returns>
    internal static async Task<bool> TakeBackAsync(SavedLogin login, CancellationToken cancellation)
    {
        try
        {
            using var client = ServerClient.At(new Uri(login.Server), login.Token);
            await client.PostAsync("/api/v1/auth/logout", cancellation);
            return true;
        }
        catch (CommandFailure failure) when (failure.ProblemCode == "not_signed_in")
        {
            // It was not good any more.
            return true;
        }
        catch (CommandFailure failure)
        {
            Console.Error.WriteLine(
                $"caisson: {failure.Message} The token '{login.Name}' is good until {login.Expires.ToLocalTime():yyyy-MM-dd}; revoke it at {login.Server}/settings/tokens"
            );
            return false;
        }
    }
}
