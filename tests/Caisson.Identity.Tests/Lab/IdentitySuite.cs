using Caisson.Identity.Sessions;
using Caisson.Identity.Subjects;
using Caisson.Storage;
using Caisson.Storage.Tests.Lab;

namespace Caisson.Identity.Tests.Lab;

/// <summary>An empty installation on one kind of database.</summary>
public abstract class IdentitySuite : IDisposable
{
    private readonly Database _database;

    protected IdentitySuite(DatabaseLab lab)
    {
        _database = lab.NewPlace()();
        Identity = new IdentityServices(_database, Time);
    }

    internal ManualTime Time { get; } = new();

    internal IdentityServices Identity { get; }

    internal User Person(string address, params string[] roles) =>
        Identity.Users.Ensure(address, address, roles.Length == 0 ? [SiteRoles.Member] : roles);

    internal static SessionStart Start(User user) =>
        new()
        {
            UserId = user.Id,
            Address = "192.0.2.1",
            Agent = "test",
        };

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }
}
