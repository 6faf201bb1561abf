namespace Caisson.Agents.Configuration;

public enum FileFormat
{
    Json,
    Toml,

    /// <summary>A text of Caisson's alone: one setting, whose value is the whole file.</summary>
    Text,
}

/// <summary>A file of an agent's configuration. Written with mode 0600, by rename, merged with what is there.</summary>
/// <param name="Path">Relative to the home.</param>
/// <param name="Format">Decides how it is merged.</param>
/// <param name="Settings">Keys that Caisson sets.</param>
/// <param name="HoldsPlaceholder">Whether a value stands for a credential: such content is not shown.</param>
public sealed record AgentFile(string Path, FileFormat Format, IReadOnlyList<FileSetting> Settings, bool HoldsPlaceholder = false)
{
    /// <summary>What a fresh home gets.</summary>
    public string InitialContent => ConfigurationMerge.Apply(this, existing: null).Content!;
}

/// <summary>One key.</summary>
/// <param name="Key">From the root down.</param>
/// <param name="Value">JSON text; TOML takes strings, whole numbers and booleans.</param>
/// <param name="Mode">What happens when the user has the key already.</param>
public sealed record FileSetting(IReadOnlyList<string> Key, string Value, SettingMode Mode = SettingMode.Owned)
{
    public override string ToString() => string.Join('.', Key);
}

public enum SettingMode
{
    /// <summary>Caisson's: set at every start.</summary>
    Owned,

    /// <summary>The user's, once they have it: only set where it is missing.</summary>
    Default,

    /// <summary>Value is put into the list unless it is in there.</summary>
    AddToList,
}
