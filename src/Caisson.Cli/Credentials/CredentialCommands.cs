using System.CommandLine;
using System.Globalization;
using Caisson.Api;
using Caisson.Cli.Completion;
using Caisson.Cli.Connection;
using Caisson.Cli.Output;

namespace Caisson.Cli.Credentials;

internal static class CredentialCommands
{
    internal static Command Create() =>
        new("credential", "Keeps credentials in Caisson's own encrypted store.") { Set(), List(), Remove() };

    private static Command Set()
    {
        var name = Name();
        return new Command("set", "Stores the value read from standard input; an argument or variable could be read by other programs.")
        {
            name,
        }
            .Examples("pass show anthropic | caisson credential set anthropic", "caisson credential set anthropic < key.txt")
            .Does(
                async (result, cancellation) =>
                {
                    if (!Console.IsInputRedirected)
                        Printer.Words("caisson: type or paste the value, then Enter and Ctrl-D");
                    var value = await Console.In.ReadToEndAsync(cancellation);
                    value = value.EndsWith('\n') ? value[..^1] : value;
                    if (value.Length == 0)
                        throw new CommandFailure(ExitCode.Usage, "Standard input was empty; nothing was stored.");
                    using var client = await ServerClient.OpenAsync(cancellation);
                    await client.PutAsync(
                        Path(result.GetValue(name)!),
                        new CredentialValueRequest(value),
                        ApiJson.Default.CredentialValueRequest,
                        ApiJson.Default.CredentialResponse,
                        cancellation
                    );
                    return ExitCode.Ok;
                }
            );
    }

    private static Command List() =>
        new Command("list", "Lists names. Values are never shown.")
            .Prints(ApiJson.Default.CredentialList)
            .Examples("caisson credential list", "caisson credential list --json")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    var list = await client.GetAsync("/api/v1/credentials", ApiJson.Default.CredentialList, cancellation);
                    Printer.List(
                        Verb.OutputOf(result),
                        (list, ApiJson.Default.CredentialList),
                        (list.Items, ApiJson.Default.CredentialResponse),
                        ["CREDENTIAL", "CHANGED"],
                        item => [item.Name, item.Changed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)]
                    );
                    return ExitCode.Ok;
                }
            );

    private static Command Remove()
    {
        var name = Name();
        return new Command("rm", "Removes a credential from the store.") { name }
            .Examples("caisson credential rm anthropic", "caisson credential rm anthropic && caisson credential list")
            .Does(
                async (result, cancellation) =>
                {
                    using var client = await ServerClient.OpenAsync(cancellation);
                    await client.DeleteAsync(Path(result.GetValue(name)!), ApiJson.Default.CredentialList, cancellation);
                    return ExitCode.Ok;
                }
            );
    }

    private static Argument<string> Name() =>
        new Argument<string>("name") { Description = "Name of the credential in the store." }.Completes(LiveNames.Credentials);

    private static string Path(string name) => $"/api/v1/credentials/{Uri.EscapeDataString(name)}";
}
