using Caisson.Identity.Sessions;

namespace Caisson.Server.Access;

/// <summary>Asks the identity provider again where what somebody may do is the provider's word.</summary>
internal interface ISessionRefresh
{
    /// <summary>The session with its present roles, or null when the provider no longer stands by it.</summary>
    ValueTask<Session?> RefreshAsync(Session session, CancellationToken cancellation);
}
