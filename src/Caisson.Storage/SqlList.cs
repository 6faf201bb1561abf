using Dapper;

namespace Caisson.Storage;

/// <summary>Lists in SQL as both databases read them: each value a parameter of its own. (Dapper's own lists are arrays in PostgreSQL, which IN refuses.)</summary>
public static class SqlList
{
    /// <returns><c>(@prefix0, @prefix1, …)</c>, to follow IN; the values are added to the parameters.</returns>
    /// <param name="values">Not empty.</param>
    public static string Of(DynamicParameters parameters, string prefix, IReadOnlyCollection<string> values)
    {
        foreach (var (index, value) in values.Index())
            parameters.Add($"{prefix}{index}", value);
        return $"({string.Join(", ", values.Select((_, index) => $"@{prefix}{index}"))})";
    }
}
