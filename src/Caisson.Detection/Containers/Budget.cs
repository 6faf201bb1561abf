namespace Caisson.Detection.Containers;

/// <summary>How many bytes may still come out of a container.</summary>
internal sealed class Budget(long bytes)
{
    private long left = bytes;

    /// <exception cref="OverBudgetException">There are not that many left.</exception>
    internal void Take(long count)
    {
        left -= count;
        if (left < 0)
            throw new OverBudgetException();
    }
}

/// <summary>More came out of a container than may.</summary>
internal sealed class OverBudgetException() : IOException("more came out of a container than may");
