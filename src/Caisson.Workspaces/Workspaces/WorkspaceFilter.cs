using Caisson.Storage;
using Dapper;

namespace Caisson.Workspaces.Workspaces;

/// <summary>What a list of workspaces is narrowed to, beside who may see them. All that is set has to hold.</summary>
public sealed record WorkspaceFilter
{
    /// <summary>A person's id or address.</summary>
    public string? Owner { get; init; }

    /// <summary>Any of these.</summary>
    public IReadOnlyList<WorkspaceState> States { get; init; } = [];
    public string? Template { get; init; }

    /// <summary>Whether the template has changed since; <see cref="Hashes"/> says what it is now.</summary>
    public bool? Outdated { get; init; }

    /// <summary>Templates and their present hashes.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>();
    public DateTimeOffset? UsedBefore { get; init; }
    public DateTimeOffset? UsedAfter { get; init; }

    /// <summary>The code of why it is in its state, or why it stopped.</summary>
    public string? Why { get; init; }

    /// <summary>Each has to be in the name or the title, in any case.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>As conditions of SQL, each beginning with AND, with their values.</summary>
    internal string Conditions(DynamicParameters values)
    {
        var conditions = new List<string>();
        if (Owner is not null)
            Add("owner IN (SELECT id FROM users WHERE id = @filter_owner OR address = @filter_owner)", ("filter_owner", Owner));
        if (States.Count > 0)
            conditions.Add($"observed IN {SqlList.Of(values, "filter_state", [.. States.Select(state => state.Text())])}");
        if (Template is not null)
            Add("template = @filter_template", ("filter_template", Template));
        if (Outdated is { } outdated)
            conditions.Add(Changed(outdated, values));
        if (UsedBefore is { } before)
            Add("last_used < @filter_before", ("filter_before", Timestamp.Format(before)));
        if (UsedAfter is { } after)
            Add("last_used > @filter_after", ("filter_after", Timestamp.Format(after)));
        if (Why is not null)
            Add("(reason = @filter_why OR stop_reason = @filter_why)", ("filter_why", Why));
        foreach (var (index, word) in Words.Index())
            Add(
                $"(lower(name) LIKE @filter_word{index} ESCAPE '!' OR lower(title) LIKE @filter_word{index} ESCAPE '!')",
                ($"filter_word{index}", $"%{WorkspaceStore.Escape(word.ToLowerInvariant())}%")
            );
        return string.Concat(conditions.Select(condition => $"\nAND {condition}"));

        void Add(string condition, (string Name, object Value) value)
        {
            conditions.Add(condition);
            values.Add(value.Name, value.Value);
        }
    }

    /// <summary>A template that is gone has no newer version.</summary>
    private string Changed(bool outdated, DynamicParameters values)
    {
        var either = new List<string>();
        foreach (var (index, (template, hash)) in Hashes.Index())
        {
            either.Add($"(template = @filter_t{index} AND template_hash <> @filter_h{index})");
            values.Add($"filter_t{index}", template);
            values.Add($"filter_h{index}", hash);
        }
        return either.Count == 0 ? (outdated ? "1 = 0" : "1 = 1") : $"{(outdated ? "" : "NOT ")}({string.Join(" OR ", either)})";
    }
}
