using System.Collections.Frozen;

namespace Caisson.Policy.Loading;

/// <summary>Keys of other tools' manifests and of templates, each with where its meaning lives here.</summary>
internal static class ForeignKeys
{
    private static readonly FrozenDictionary<string, string> Replacements = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["git-gate"] = "is not a key here; repositories are written under `git`",
        ["egress"] = "is not a key here; allowed hosts are written under `routes`",
        ["egress_proxy"] = "is not a key here; allowed hosts are written under `routes`",
        ["cred_proxy"] = "is not a key here; credentials are written under `credentials`",
        ["tokens"] = "is not a key here; credentials are written under `credentials`",
        ["path_allowlist"] = "is not a key here; paths are written under `match[].paths` of a route",
        ["identity"] = "is not a key here; a repository's key is written under `git.repos.<name>.key`",
        ["provisioned_key"] = "is not a key here; a repository's key is written under `git.repos.<name>.key` with `provider`",
        ["pipelock"] = "is not a key here; scanning is written under `detect`",
        ["role"] = "is reserved and takes no value",
        ["pool"] = "belongs in a workspace template, not in a policy",
        ["hooks"] = "belongs in a workspace template, not in a policy",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string? Replacement(string key) => Replacements.GetValueOrDefault(key);
}
