using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Caisson.Api;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Access;

/// <summary>Signs this command line in at a team's server: in a browser here, or with a code that is typed into a browser anywhere.</summary>
internal static class LoginCommand
{
    private static readonly string[] Scopes = ["workspaces:read", "workspaces:write", "terminals:view", "terminals:write"];

    internal static Command Create()
    {
        var server = new Argument<string?>("server")
        {
            Description = "Its address; default: where it was signed in last.",
            HelpName = "URL",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var device = new Option<bool>("--device") { Description = "Show a code for a browser on another machine." };
        var name = new Option<string?>("--name")
        {
            Description = "What the token is called there; default: this machine.",
            HelpName = "NAME",
        };
        return new Command("login", "Signs this command line in at a server. (An agent's own sign-in is `caisson credential`.)")
        {
            server,
            device,
            name,
        }
            .Prints(LoginJson.Default.AuthStatus)
            .Examples("caisson auth login https://caisson.example.com", "caisson auth login --device")
            .Does(
                async (result, cancellation) =>
                {
                    var before = SavedLogin.Load();
                    var address =
                        result.GetValue(server) is { } given ? SavedLogin.Address(given)
                        : before is not null ? new Uri(before.Server)
                        : throw new CommandFailure(ExitCode.Usage, "At which server?", "caisson auth login https://caisson.example.com");
                    var called = result.GetValue(name) ?? Environment.MachineName;
                    using var client = ServerClient.At(address, token: null);
                    var token =
                        result.GetValue(device) || !HasBrowser()
                            ? await ByCodeAsync(client, called, cancellation)
                            : await InBrowserAsync(client, called, cancellation);
                    var login = new SavedLogin(
                        address.GetLeftPart(UriPartial.Authority),
                        token.Name,
                        token.Id,
                        token.Token!,
                        token.Expires
                    );
                    try
                    {
                        login.Save();
                    }
                    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                    {
                        // A token that is nowhere to be found must not stay good.
                        await StatusCommands.TakeBackAsync(login, cancellation);
                        throw;
                    }
                    if (before is not null)
                        await StatusCommands.TakeBackAsync(before, cancellation);
                    return await StatusCommands.PrintAsync(result, login, cancellation);
                }
            );
    }

    private static async Task<TokenResponse> ByCodeAsync(ServerClient client, string name, CancellationToken cancellation)
    {
        var login = await BeginAsync(client, new NewDeviceLogin(name, Scopes, null, null), cancellation);
        Console.Error.WriteLine($"Open {login.Url} in a browser and enter the code {login.UserCode}");
        Console.Error.WriteLine($"or open {login.CompleteUrl}");
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(login.Interval), cancellation);
            if (await FetchAsync(client, login, null, cancellation) is { } token)
                return token;
        }
    }

    private static async Task<TokenResponse> InBrowserAsync(ServerClient client, string name, CancellationToken cancellation)
    {
        using var listener = new LoopbackListener();
        var state = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var login = await BeginAsync(client, new NewDeviceLogin(name, Scopes, listener.Port, state), cancellation);
        Console.Error.WriteLine($"Opening {login.CompleteUrl} (if no browser shows it, open it by hand)");
        Console.Error.WriteLine(
            $"The page shows the code {login.UserCode}. Without a browser on this machine: caisson auth login --device"
        );
        Open(login.CompleteUrl);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        string? code;
        try
        {
            code = await listener.CodeAsync(state, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(ExitCode.State, "Nobody approved it within ten minutes.", "caisson auth login");
        }
        // A refusal has no code; asking says so.
        return await FetchAsync(client, login, code, cancellation)
            ?? throw new CommandFailure(ExitCode.State, "The browser came back, but the server does not know of it.", "caisson auth login");
    }

    private static Task<DeviceLoginResponse> BeginAsync(ServerClient client, NewDeviceLogin request, CancellationToken cancellation) =>
        client.PostAsync(
            "/api/v1/auth/devices",
            request,
            AccessJson.Default.NewDeviceLogin,
            AccessJson.Default.DeviceLoginResponse,
            cancellation
        );

    /// <returns>Null: nobody has answered yet.</returns>
    private static async Task<TokenResponse?> FetchAsync(
        ServerClient client,
        DeviceLoginResponse login,
        string? code,
        CancellationToken cancellation
    )
    {
        try
        {
            return await client.PostAsync(
                "/api/v1/auth/devices/token",
                new DeviceTokenRequest(login.DeviceCode, code),
                AccessJson.Default.DeviceTokenRequest,
                AccessJson.Default.TokenResponse,
                cancellation
            );
        }
        catch (CommandFailure failure) when (failure.ProblemCode == "authorization_pending")
        {
            return null;
        }
    }

    /// <summary>Whether a browser that is opened here is one that the person sees.</summary>
    private static bool HasBrowser() =>
        Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 }
        || (
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SSH_CONNECTION"))
            && (
                Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 }
                || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
            )
        );

    private static void Open(string url)
    {
        var program = Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } own ? own : "xdg-open";
        try
        {
            // Not by pipes: the browser may outlive this command, and would end of writing into one that nobody reads.
            using var shell = Process.Start(
                new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1", program, url])
                {
                    UseShellExecute = false,
                }
            );
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Console.Error.WriteLine($"caisson: sh: {exception.Message}");
        }
    }
}
