using System.Formats.Tar;
using System.Text;
using Caisson.Agents;
using Caisson.Agents.Configuration;
using Caisson.Init.Protocol.Client;
using Caisson.Policy.Composition;
using Caisson.Sandboxes;
using Caisson.Workspaces.Repositories;

namespace Caisson.Workspaces.Launching;

/// <summary>
/// What a sandbox's home gets before the agent starts, in a fixed order: agent files, then the git configuration. It only uses the sandbox's
/// own exec and copy; the certificate authority is part of the root file system that the driver made.
/// </summary>
internal static class HomeProvisioning
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="trust">Files of <see cref="NssDatabase"/>, where the home holds those of an earlier authority.</param>
    internal static async Task RunAsync(
        ISandbox sandbox,
        EffectivePolicy policy,
        IReadOnlyList<AgentPlan> agents,
        IReadOnlyList<(string Name, byte[] Content)> trust,
        bool fresh,
        SandboxEvents events,
        CancellationToken cancellation
    )
    {
        var contents = new List<(string Path, byte[] Content)>();
        foreach (var (name, content) in trust)
            contents.Add(($"{NssDatabase.Directory}/{name}", content));
        foreach (var file in agents.SelectMany(agent => agent.Files))
        {
            foreach (var (path, content) in await MergeAsync(sandbox, file, fresh, events, cancellation))
                contents.Add((path, Encoding.UTF8.GetBytes(content)));
        }
        if (GitConfiguration(policy) is { } git && (fresh || await ReadAsync(sandbox, ".gitconfig", cancellation) is null))
            contents.Add((".gitconfig", Encoding.UTF8.GetBytes(git)));
        if (contents.Count > 0)
            await WriteAsync(sandbox.Init, contents, cancellation);
    }

    /// <summary>A home that persists may hold the user's own version: it is merged into, and one that can't be read is set aside, not lost.</summary>
    private static async Task<IReadOnlyList<(string Path, string Content)>> MergeAsync(
        ISandbox sandbox,
        AgentFile file,
        bool fresh,
        SandboxEvents events,
        CancellationToken cancellation
    )
    {
        // A fresh home is empty: looking into it would only cost a process.
        var existing = fresh ? null : await ReadAsync(sandbox, file.Path, cancellation);
        var merged = ConfigurationMerge.Apply(file, existing);
        if (merged.Broken is { } why && existing is not null)
        {
            var aside = $"{file.Path}.broken-{events.Now:yyyyMMddHHmmss}";
            events.Add("warning", $"~/{file.Path} could not be read ({why}); it was kept as ~/{aside}");
            return [(aside, existing), (file.Path, merged.Content)];
        }
        return merged.Changed ? [(file.Path, merged.Content)] : [];
    }

    private static async Task<string?> ReadAsync(ISandbox sandbox, string path, CancellationToken cancellation)
    {
        const string readIfThere = "[ -e \"$1\" ] || exit 44; exec cat -- \"$1\"";
        var result = await sandbox.Init.ExecAsync(
            new ExecRequest
            {
                Arguments = ["sh", "-c", readIfThere, "sh", path],
                WorkingDirectory = SandboxEnvironment.Home,
                Timeout = TimeSpan.FromSeconds(10),
                Idempotent = true,
            },
            cancellation
        );
        return result.ExitCode switch
        {
            0 => result.Output,
            44 => null,
            _ => throw new SandboxException("launch_failed", $"~/{path} in the sandbox can't be read: {result.Errors.Trim()}"),
        };
    }

    private static string? GitConfiguration(EffectivePolicy policy)
    {
        if (policy.GitName is null && policy.GitEmail is null)
            return null;
        var text = new StringBuilder("[user]\n");
        if (policy.GitName is { } name)
            text.Append("\tname = ").Append(Quote(name.Value)).Append('\n');
        if (policy.GitEmail is { } email)
            text.Append("\temail = ").Append(Quote(email.Value)).Append('\n');
        return text.ToString();

        static string Quote(string value) =>
            $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
    }

    private static Task WriteAsync(InitClient init, IReadOnlyList<(string Path, byte[] Content)> files, CancellationToken cancellation) =>
        init.SendAsync(
            SandboxEnvironment.Home,
            async (tar, token) =>
            {
                foreach (var directory in files.SelectMany(file => Parents(file.Path)).Distinct())
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.Directory, directory) { Mode = OwnerOnly | UnixFileMode.UserExecute },
                        token
                    );
                foreach (var (path, content) in files)
                {
                    using var data = new MemoryStream(content);
                    await tar.WriteEntryAsync(
                        new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = data, Mode = OwnerOnly },
                        token
                    );
                }
            },
            cancellation
        );

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }
}
