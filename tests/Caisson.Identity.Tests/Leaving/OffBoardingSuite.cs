using Caisson.Identity.Audit;
using Caisson.Identity.Leaving;
using Caisson.Identity.Tests.Lab;
using Caisson.Storage.Tests.Lab;

namespace Caisson.Identity.Tests.Leaving;

public abstract class OffBoardingSuite(DatabaseLab lab) : IdentitySuite(lab)
{
    [Fact]
    public async Task Takes_EverythingBack_AndTellsEachStep()
    {
        var admin = Person("admin@example.com", SiteRoles.Admin);
        var person = Person("a@example.com");
        var (_, cookie) = Identity.Sessions.Start(Start(person));
        var (_, kept) = Identity.Sessions.Start(Start(admin));
        var (_, token) = Identity.Tokens.Create(person.Id, "ci", [], TimeSpan.FromDays(1));
        var told = 0;
        using var subscription = Identity.Revocations.Subscribe(person.Id, () => told++);
        using var others = Identity.Revocations.Subscribe(admin.Id, () => told += 100);
        Identity.OffBoarding.Add(new Step("workspaces", _ => "2 stopped"));

        var (change, results) = await Identity.OffBoarding.DisableAsync(person.Id, CancellationToken.None);

        change.Problem.ShouldBeNull();
        results.Select(result => result.Name).ShouldBe(["sessions", "tokens", "workspaces"]);
        results.ShouldAllBe(result => result.Ok);
        Identity.Users.Find(person.Id)!.Disabled.ShouldBe(Time.GetUtcNow());
        Identity.Sessions.Use(cookie, "").ShouldBeNull();
        Identity.Sessions.Use(kept, "").ShouldNotBeNull();
        Identity.Tokens.Use(token, "").ShouldBeNull();
        told.ShouldBe(1);
    }

    [Fact]
    public async Task Goes_OnAfterAFailure_AndTriesAgain()
    {
        Person("admin@example.com", SiteRoles.Admin);
        var person = Person("a@example.com");
        var broken = true;
        Identity.OffBoarding.Add(new Step("first", _ => broken ? throw new IOException("unreachable") : "done"));
        Identity.OffBoarding.Add(new Step("second", _ => "done"));

        var (_, results) = await Identity.OffBoarding.DisableAsync(person.Id, CancellationToken.None);
        results.Single(result => !result.Ok).ShouldBe(new LeavingResult("first", false, "unreachable"));
        results[^1].Ok.ShouldBeTrue();

        broken = false;
        (_, results) = await Identity.OffBoarding.DisableAsync(person.Id, CancellationToken.None);
        results.ShouldAllBe(result => result.Ok);
    }

    [Fact]
    public async Task Keeps_TheLastAdmin_WithAllTheirSessions()
    {
        var admin = Person("admin@example.com", SiteRoles.Admin);
        var (_, cookie) = Identity.Sessions.Start(Start(admin));

        var (change, results) = await Identity.OffBoarding.DisableAsync(admin.Id, CancellationToken.None);

        change.Problem.ShouldBe("last_admin");
        results.ShouldBeEmpty();
        Identity.Sessions.Use(cookie, "").ShouldNotBeNull();
    }

    [Fact]
    public void Records_AreKeptInOrder_WithAllTheirFields()
    {
        var entry = new AccessEvent
        {
            Action = "login",
            Actor = "u-1",
            ActingFor = "u-2",
            Source = "192.0.2.1",
            Peer = "127.0.0.1",
            Agent = new string('x', 600),
            Request = "r",
            Object = "s-1",
            Outcome = "ok",
            Reason = "because",
            Before = "a",
            After = "b",
        };
        Identity.Log.Add(entry);
        Identity.Log.Add(entry with { Action = "logout" });

        var events = Identity.Log.Newest(10);
        events.Select(recorded => recorded.Event.Action).ShouldBe(["logout", "login"]);
        events[1].Event.ShouldBe(entry with { Agent = new string('x', 500) });
        events[1].Time.ShouldBe(Time.GetUtcNow());
        Identity.Log.Newest(10, before: events[0].Id).ShouldHaveSingleItem();
        Identity.Log.Newest(10, action: "logout").ShouldHaveSingleItem();
    }

    private sealed class Step(string name, Func<string, string> end) : ILeavingStep
    {
        public string Name => name;

        public Task<string> EndAsync(string userId, CancellationToken cancellation) => Task.FromResult(end(userId));
    }
}

public sealed class SqliteOffBoardingTests(SqliteLab lab) : OffBoardingSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresOffBoardingTests(PostgresLab lab) : OffBoardingSuite(lab), IClassFixture<PostgresLab>;
