using Caisson.Identity.Sessions;
using Caisson.Identity.Subjects;
using Caisson.Identity.Tokens;

namespace Caisson.Identity.Leaving;

/// <summary>
/// Disables a person: (1) they can't sign in, (2) sessions and tokens are dead, (3) open sockets are told, (4) every other room takes back what it
/// gave. Safe to call again: what failed is tried again then.
/// </summary>
public sealed class OffBoarding(UserStore users, SessionStore sessions, TokenStore tokens, RevocationFeed feed)
{
    private readonly List<ILeavingStep> _steps = [];

    /// <summary>Added while the server is composed.</summary>
    public void Add(ILeavingStep step) => _steps.Add(step);

    /// <returns>The change, and one result for each step; none when the person was not disabled.</returns>
    public async Task<(UserChange Change, IReadOnlyList<LeavingResult> Results)> DisableAsync(string userId, CancellationToken cancellation)
    {
        // 1
        var change = users.Disable(userId);
        if (change.Problem is not null)
            return (change, []);
        // 2
        var results = new List<LeavingResult>
        {
            new("sessions", true, $"{sessions.EndAllOf(userId)} ended"),
            new("tokens", true, $"{tokens.RevokeAllOf(userId)} revoked"),
        };
        // 3
        feed.Publish(userId);
        // 4
        foreach (var step in _steps)
        {
            try
            {
                results.Add(new LeavingResult(step.Name, true, await step.EndAsync(userId, cancellation)));
            }
#pragma warning disable CA1031 // One room's failure must not keep the others from taking back; it is told, and tried again.
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                results.Add(new LeavingResult(step.Name, false, exception.Message));
            }
#pragma warning restore CA1031
        }
        return (change, results);
    }
}

public sealed record LeavingResult(string Name, bool Ok, string Detail);
