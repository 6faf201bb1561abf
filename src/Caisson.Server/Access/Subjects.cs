using Caisson.Identity;
using Caisson.Identity.Sessions;
using Caisson.Identity.Subjects;
using Caisson.Identity.Tokens;

namespace Caisson.Server.Access;

/// <summary>Makes subjects from what was proved, and asks again whether they still hold.</summary>
internal sealed class Subjects(IdentityServices identity, ISessionRefresh refresh)
{
    /// <summary>The subject of a session, or null when its person is disabled or their provider no longer stands by them.</summary>
    internal async Task<Subject?> OfSessionAsync(Session session, string source, CancellationToken cancellation)
    {
        if (identity.Users.Find(session.UserId) is not { Disabled: null } user)
            return null;
        if (await refresh.RefreshAsync(session, cancellation) is not { } fresh)
            return null;
        return Person(user, source) with
        {
            Roles = fresh.Granted is { } granted ? granted.Union(user.Roles).ToHashSet(StringComparer.Ordinal) : user.Roles,
            SessionId = session.Id,
        };
    }

    /// <summary>The subject of a token, or null when its person is disabled.</summary>
    internal Subject? OfToken(ApiToken token, string source) =>
        identity.Users.Find(token.UserId) is { Disabled: null } user
            ? Person(user, source) with
            {
                Kind = SubjectKind.Token,
                Scopes = token.Scopes,
                SessionId = token.Id,
            }
            : null;

    internal static Subject Person(User user, string source) =>
        new(user.Id, user.Address, user.Name, user.Roles, SubjectKind.Person, null, null, source);

    /// <summary>The same subject as it is now; null when it is over.</summary>
    internal async Task<Subject?> AgainAsync(Subject subject, CancellationToken cancellation) =>
        subject switch
        {
            { Kind: SubjectKind.Token, SessionId: { } id } => identity.Tokens.Find(id) is { } token
                ? OfToken(token, subject.SourceAddress)
                : null,
            { SessionId: { } id } => identity.Sessions.Find(id) is { } session
                ? await OfSessionAsync(session, subject.SourceAddress, cancellation)
                : null,
            _ => identity.Users.Find(subject.UserId) is { Disabled: null } user ? Person(user, subject.SourceAddress) : null,
        };
}
