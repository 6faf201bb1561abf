using Caisson.Sandboxes;

namespace Caisson.Workspaces;

/// <summary>Where everything of one installation is, below its home. Directories are 0700.</summary>
/// <param name="home">Absolute path: <c>$CAISSON_HOME</c>.</param>
public sealed class CaissonDirectories(string home)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Home { get; } = home;

    public string Policies => Path.Combine(Home, "policies");

    public string Agents => Path.Combine(Home, "agents");

    /// <summary>Workspace templates, the operator's own.</summary>
    public string Templates => Path.Combine(Home, "templates");

    /// <summary>What servers have to agree on about workspaces; nothing secret.</summary>
    public string Workspaces => Path.Combine(Home, "workspaces");

    public string Store => Path.Combine(Home, "store");

    public string Keys => Path.Combine(Home, "keys");

    public string Logs => Path.Combine(Home, "logs");

    public string Database => Path.Combine(Home, "state.db");

    public string Socket => Path.Combine(Home, "caisson.sock");

    public string Lock => Path.Combine(Home, "server.lock");

    /// <summary>Bearer token for the loopback address, 0600.</summary>
    public string Token => Path.Combine(Home, "token");

    /// <summary>What is known of terminals, and their checkpoints.</summary>
    public string Terminals => Path.Combine(Home, "terminals");

    /// <summary>Recorded terminals, sealed.</summary>
    public string Recordings => Path.Combine(Home, "recordings");

    /// <summary>What starts fetch together; its files have no names, so that it looks empty.</summary>
    public string Fetches => Path.Combine(Home, "fetches");

    public string Sandboxes => Path.Combine(Home, "sandboxes");

    public string Run => Path.Combine(Home, "run");

    public SandboxDirectories Sandbox(string id) =>
        SandboxId.IsValid(id)
            ? new SandboxDirectories(Path.Combine(Sandboxes, id), Path.Combine(Run, id))
            : throw new ArgumentException($"'{id}' is no sandbox id.", nameof(id));

    /// <summary>Makes what is missing.</summary>
    public void Prepare()
    {
        foreach (
            var directory in new[]
            {
                Home,
                Policies,
                Agents,
                Templates,
                Workspaces,
                Store,
                Keys,
                Logs,
                Terminals,
                Recordings,
                Fetches,
                Sandboxes,
                Run,
            }
        )
            Directory.CreateDirectory(directory, Private);
    }
}

/// <param name="State">Own files: <c>metadata.json</c>, generated <c>etc/</c>, logs, <c>home/</c> and <c>workspace/</c>.</param>
/// <param name="Sockets"><c>exit.sock</c> and <c>init.sock</c>.</param>
public sealed record SandboxDirectories(string State, string Sockets)
{
    public string HomeInside => Path.Combine(State, "home");

    public string Workspace => Path.Combine(State, "workspace");

    public string Metadata => Path.Combine(State, "metadata.json");

    public string SealedAuthority => Path.Combine(State, "authority.sealed");

    /// <summary>Of credentials whose values the caller's environment gave.</summary>
    public string SealedValues => Path.Combine(State, "values.sealed");

    /// <summary>The decoys, for as long as the sandbox is there.</summary>
    public string SealedCanaries => Path.Combine(State, "canaries.sealed");

    public string Decisions => Path.Combine(State, "decisions.jsonl");

    public string InitLog => Path.Combine(State, "init.log");

    /// <summary>The work of a stopped sandbox as a patch, made while it still ran.</summary>
    public string Patch => Path.Combine(State, "work.patch");

    public string ExitSocket => Path.Combine(Sockets, "exit.sock");
}
