using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Caisson.Api;
using Caisson.Cli.Connection;

namespace Caisson.Cli.Completion;

/// <summary>What may stand where, beyond what the command line itself knows. A shell waits for it at a key press: no server is started.</summary>
internal static class LiveNames
{
    private static readonly ConditionalWeakTable<Symbol, Func<CancellationToken, Task<IReadOnlyList<string>>>> Sources = [];

    /// <summary>Says what completes an argument or an option's value.</summary>
    internal static T Completes<T>(this T symbol, Func<CancellationToken, Task<IReadOnlyList<string>>> source)
        where T : Symbol
    {
        Sources.AddOrUpdate(symbol, source);
        return symbol;
    }

    internal static Func<CancellationToken, Task<IReadOnlyList<string>>>? Of(Symbol symbol) =>
        Sources.TryGetValue(symbol, out var source) ? source : null;

    internal static Task<IReadOnlyList<string>> Workspaces(CancellationToken cancellation) =>
        OfWorkspacesAsync("", workspace => workspace.Name, cancellation);

    internal static Task<IReadOnlyList<string>> Deleted(CancellationToken cancellation) =>
        OfWorkspacesAsync("&deleted=true", workspace => workspace.Name, cancellation);

    internal static Task<IReadOnlyList<string>> Jobs(CancellationToken cancellation) =>
        OfWorkspacesAsync("", workspace => workspace.Job, cancellation);

    internal static Task<IReadOnlyList<string>> Templates(CancellationToken cancellation) =>
        AskAsync(
            "/api/v1/templates",
            WorkspaceJson.Default.TemplatePage,
            page => page.Items.Select(template => template.Name),
            cancellation
        );

    internal static Task<IReadOnlyList<string>> Sandboxes(CancellationToken cancellation) =>
        AskHereAsync("/api/v1/sandboxes", ApiJson.Default.SandboxList, list => list.Items.Select(sandbox => sandbox.Id), cancellation);

    internal static Task<IReadOnlyList<string>> Credentials(CancellationToken cancellation) =>
        AskHereAsync(
            "/api/v1/credentials",
            ApiJson.Default.CredentialList,
            list => list.Items.Select(credential => credential.Name),
            cancellation
        );

    internal static Task<IReadOnlyList<string>> Policies(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(
            Directory.Exists(CaissonHome.Policies)
                ? [.. Directory.EnumerateFiles(CaissonHome.Policies, "*.md").Select(file => Path.GetFileNameWithoutExtension(file))]
                : []
        );

    internal static Func<CancellationToken, Task<IReadOnlyList<string>>> Words(params string[] words) =>
        _ => Task.FromResult<IReadOnlyList<string>>(words);

    private static Task<IReadOnlyList<string>> OfWorkspacesAsync(
        string query,
        Func<WorkspaceResponse, string?> name,
        CancellationToken cancellation
    ) =>
        AskAsync(
            $"/api/v1/workspaces?limit=200{query}",
            WorkspaceJson.Default.WorkspacePage,
            page => page.Items.Select(name).OfType<string>(),
            cancellation
        );

    /// <summary>Of what belongs to a server: the one that this command line is signed in at, or else the one of this machine.</summary>
    private static async Task<IReadOnlyList<string>> AskAsync<T>(
        string path,
        JsonTypeInfo<T> type,
        Func<T, IEnumerable<string>> names,
        CancellationToken cancellation
    )
    {
        if (SavedLogin.Load() is not { } login)
            return await AskHereAsync(path, type, names, cancellation);
        using var client = ServerClient.At(new Uri(login.Server), login.Token);
        return [.. names(await client.GetAsync(path, type, cancellation))];
    }

    private static async Task<IReadOnlyList<string>> AskHereAsync<T>(
        string path,
        JsonTypeInfo<T> type,
        Func<T, IEnumerable<string>> names,
        CancellationToken cancellation
    )
    {
        if (!ServerProcess.IsListening())
            return [];
        using var client = ServerClient.Running();
        return [.. names(await client.GetAsync(path, type, cancellation))];
    }
}
