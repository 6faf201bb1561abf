namespace Caisson.Identity.Leaving;

/// <summary>One thing that ends when somebody is disabled. Each room of the house that gives people something has one.</summary>
public interface ILeavingStep
{
    /// <summary>As the answer lists it: <c>sessions</c>, <c>shares</c>, <c>workspaces</c>.</summary>
    string Name { get; }

    /// <summary>Ends it; harmless when there is nothing left to end. Returns what was done, for people: <c>3 ended</c>.</summary>
    Task<string> EndAsync(string userId, CancellationToken cancellation);
}
