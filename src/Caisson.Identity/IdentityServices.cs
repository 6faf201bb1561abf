using Caisson.Identity.Audit;
using Caisson.Identity.Leaving;
using Caisson.Identity.Oidc;
using Caisson.Identity.Sessions;
using Caisson.Identity.Subjects;
using Caisson.Identity.Tokens;
using Caisson.Storage;

namespace Caisson.Identity;

/// <summary>Composes the room: who somebody is, what they may do, and how that is taken away again. Knows nothing of HTTP.</summary>
public sealed class IdentityServices
{
    public IdentityServices(Database database, TimeProvider time, bool adminView = true)
    {
        Access = new AccessEngine(adminView);
        Users = new UserStore(database, time);
        Settings = new UserSettings(database);
        Sessions = new SessionStore(database, time);
        Links = new LoginLinks(database, Sessions, time);
        Attempts = new OidcAttempts(database, time);
        Tokens = new TokenStore(database, time);
        Devices = new DeviceLogins(database, Tokens, time);
        Log = new AccessLog(database, time);
        Revocations = new RevocationFeed();
        OffBoarding = new OffBoarding(Users, Sessions, Tokens, Revocations);
    }

    public IAccess Access { get; }

    public UserStore Users { get; }

    public UserSettings Settings { get; }

    public SessionStore Sessions { get; }

    public LoginLinks Links { get; }

    public OidcAttempts Attempts { get; }

    public TokenStore Tokens { get; }

    public DeviceLogins Devices { get; }

    public AccessLog Log { get; }

    public RevocationFeed Revocations { get; }

    public OffBoarding OffBoarding { get; }
}
