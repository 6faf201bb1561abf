using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>Nothing of the server's own environment reaches a terminal.</summary>
public sealed class ServerEnvironmentTests
{
    [Fact]
    public async Task ThirtySecretsInTheServersEnvironment_AreInNoTerminal()
    {
        var planted = Enumerable
            .Range(0, 30)
            .ToDictionary(
                number => number % 3 == 0 ? $"DATABRICKS_SECRET_{number}" : $"PLANTED_TOKEN_{number}",
                number => (string?)$"https://user:planted-secret-{number}@host.example",
                StringComparer.Ordinal
            );
        await using var installation = await Installation.StartAsync();
        await installation.EndServerAsync("TERM");
        await installation.ServeAsync(planted);
        await using var session = await Session.StartSandboxAsync(installation, "environment");
        using var api = new ServerApi(installation);
        var workspace = (await installation.ListAsync()).ShouldHaveSingleItem().Id;
        var terminal = await api.CreateTerminalAsync(workspace, "env; printf end");
        await using var view = await TerminalView.AttachAsync(api, terminal, 0L);

        await view.EndAsync();

        view.Text.ShouldContain("HOME=/home/agent");
        view.Text.ShouldNotContain("planted", Case.Insensitive);
        view.Text.ShouldNotContain("DATABRICKS");
    }
}
