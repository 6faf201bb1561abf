using Caisson.Api;
using Caisson.Credentials.Masking;
using Caisson.Policy.Manifest;
using Caisson.Sandboxes;
using Caisson.Workspaces.Lifecycle;

namespace Caisson.Workspaces.Terminals;

/// <summary>Where terminals can be: what finds a workspace by its id, or a sandbox of <c>caisson run</c> by its own.</summary>
public interface ITerminalHost
{
    /// <summary>Null for what does not exist.</summary>
    TerminalPlace? Find(string workspace);
}

/// <summary>A workspace as its terminals see it.</summary>
public sealed record TerminalPlace
{
    public required string Workspace { get; init; }

    /// <summary>User id; null for a sandbox of <c>caisson run</c>, which is the local user's.</summary>
    public string? OwnerId { get; init; }

    /// <summary>User id to right.</summary>
    public IReadOnlyDictionary<string, string>? Shares { get; init; }

    /// <summary>Null while it does not run.</summary>
    public ISandbox? Sandbox { get; init; }

    /// <summary>Where a shell starts; when it is not there, the home.</summary>
    public required string Directory { get; init; }

    /// <summary>What a terminal runs that names no command.</summary>
    public IReadOnlyList<string> Shell { get; init; } = ["/bin/bash", "-l"];

    /// <summary>Terminals that may be open at a time.</summary>
    public int MaximumTerminals { get; init; } = 10;

    public RecordingMode Recording { get; init; }

    /// <summary>Whether recordings hold what is typed.</summary>
    public bool RecordInput { get; init; }

    /// <summary>What has to be kept out of recordings, as it is at present.</summary>
    public Func<KnownSecretMask> Secrets { get; init; } = () => KnownSecretMask.None;

    /// <summary>Whether files may be fetched out of it.</summary>
    public bool MayDownload { get; init; } = true;

    /// <summary>Two lines that a new shell begins with; null for none.</summary>
    public string? Banner { get; init; }

    /// <summary>Bytes of a terminal's last output that are kept.</summary>
    public int RingBytes { get; init; } = TerminalRecord.UsualRing;

    /// <summary>How long a terminal may be without viewer and input; null is for ever.</summary>
    public TimeSpan? IdleLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The same place under the policy of its running sandbox; null stays as it is.</summary>
    /// <param name="least">What a workspace's template asks for: it can have more recorded than the policies do, never less.</param>
    internal TerminalPlace With(
        RunningSandbox? running,
        string name,
        IReadOnlyList<string> policies,
        RecordingMode least = RecordingMode.Off
    )
    {
        if (running is not { Terminals: var rules, Exit: var exit })
            return this;
        var recording = rules.Recording.Value > least ? rules.Recording.Value : least;
        return this with
        {
            MaximumTerminals = rules.Maximum.Value,
            IdleLimit = rules.Idle.Value == TimeSpan.Zero ? null : rules.Idle.Value,
            RingBytes = (int)rules.Ring.Value,
            Recording = recording,
            RecordInput = rules.RecordInput.Value,
            MayDownload = rules.Download.Value,
            Secrets = () => exit.Secrets,
            Banner = rules.Banner.Value
                ? $"Caisson {BuildInformation.Of(typeof(TerminalPlace).Assembly).Version}: workspace {name}\nPolicy {(policies.Count == 0 ? "default" : string.Join(", ", policies))}{(recording == RecordingMode.Off ? "" : "; this terminal is recorded")}"
                : null,
        };
    }
}
