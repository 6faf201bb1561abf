namespace Caisson.Policy;

/// <summary>"Did you mean": the nearest of some known words.</summary>
public static class Suggestion
{
    /// <summary>The nearest word within a third of its length (at least one edit) or that it abbreviates, or null.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string? best = null;
        var distance = int.MaxValue;
        foreach (var candidate in known)
        {
            if (word.Length >= 3 && distance > 1 && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                (best, distance) = (candidate, 1);
            var limit = Math.Max(1, Math.Max(candidate.Length, word.Length) / 3);
            var found = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant(), limit);
            if (found <= limit && found < distance)
                (best, distance) = (candidate, found);
        }
        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) between two words; any number above <paramref name="limit"/> where it is more.</summary>
    public static int Distance(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) > limit)
            return limit + 1;
        var table = new int[left.Length + 1, right.Length + 1];
        for (var row = 0; row <= left.Length; row++)
            table[row, 0] = row;
        for (var column = 0; column <= right.Length; column++)
            table[0, column] = column;
        for (var row = 1; row <= left.Length; row++)
        {
            for (var column = 1; column <= right.Length; column++)
            {
                var same = left[row - 1] == right[column - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(table[row - 1, column], table[row, column - 1]) + 1, table[row - 1, column - 1] + same);
                if (row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1])
                    edits = Math.Min(edits, table[row - 2, column - 2] + 1);
                table[row, column] = edits;
            }
        }
        return table[left.Length, right.Length];
    }
}
