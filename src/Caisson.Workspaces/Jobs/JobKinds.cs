namespace Caisson.Workspaces.Jobs;

/// <summary>The steps of each kind of job, in order, with what people read.</summary>
public static class JobKinds
{
    public const string Create = "create";
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";
    public const string Delete = "delete";

    /// <summary>A creation that begins with a copy of another workspace's home.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Those that the launch of the sandbox reports.</summary>
    internal static IReadOnlyList<string> Launch { get; } = ["allocate", "gateway", "image", "start", "ready", "probe", "provision"];

    private static readonly (string Name, string Title)[] Starting =
    [
        ("plan", "Read policies and template"),
        ("allocate", "Reserve user, directories and id"),
        ("gateway", "Open the exit with its credentials"),
        ("image", "Lay out what the sandbox sees"),
        ("start", "Start the sandbox"),
        ("ready", "Wait for its first process"),
        ("probe", "Prove the isolation from inside"),
        ("provision", "Write the agents' settings into the home"),
        ("agents", "Look for the agents inside"),
        ("projects", "Copy the template's projects"),
        ("repositories", "Clone repositories"),
        ("dotfiles", "Set up your dotfiles"),
        ("setup", "Run your own setup.sh"),
        ("check", "Test the way out through the gateway"),
    ];

    private static readonly (string, string)[] Stopping = [("stop", "End all programs and the sandbox")];

    /// <summary>Whether it ends with a workspace that runs.</summary>
    internal static bool IsStart(string kind) => kind is Create or Duplicate or Start or Restart;

    /// <summary>Whether it makes the workspace, so that there was nothing before it that anybody could miss.</summary>
    internal static bool IsFirst(string kind) => kind is Create or Duplicate;

    public static IReadOnlyList<(string Name, string Title)> Steps(string kind) =>
        kind switch
        {
            Create or Start => Starting,
            Duplicate => [("home", "Copy the home"), .. Starting],
            Stop => Stopping,
            Restart => [.. Stopping, .. Starting],
            Delete => [.. Stopping, ("remove", "Keep the home for a while, or remove it")],
            _ => throw new ArgumentException($"'{kind}' is no kind of job.", nameof(kind)),
        };
}
