using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>A sandbox of its own to open terminals in, with a policy of its own where one is given. Disposing removes it.</summary>
internal sealed class TerminalPlace : IAsyncDisposable
{
    private readonly Installation installation;
    private readonly Session session;

    private TerminalPlace(Installation installation, Session session, string id)
    {
        (this.installation, this.session, Id) = (installation, session, id);
        Api = new ServerApi(installation);
    }

    internal string Id { get; }

    internal ServerApi Api { get; }

    /// <param name="policy">The head of a policy in YAML; null: none.</param>
    internal static async Task<TerminalPlace> StartAsync(Installation installation, string? policy = null)
    {
        var name = $"t-{Guid.NewGuid():N}"[..12];
        string[] options = [];
        if (policy is not null)
        {
            await File.WriteAllTextAsync(
                Path.Combine(installation.Home, "policies", $"{name}.md"),
                $"---\ndescription: Test\n{policy}\n---\n"
            );
            options = ["--policy", name];
        }
        var made = await Session.StartSandboxAsync(installation, name, options);
        return new TerminalPlace(installation, made, (await installation.ListAsync()).Single(sandbox => sandbox.Name == name).Id);
    }

    internal Task<string> CreateAsync(string script) => Api.CreateTerminalAsync(Id, script);

    public async ValueTask DisposeAsync()
    {
        await installation.RunAsync("rm", Id);
        await session.DisposeAsync();
        Api.Dispose();
    }
}
