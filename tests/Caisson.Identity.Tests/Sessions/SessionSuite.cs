using Caisson.Identity.Sessions;
using Caisson.Identity.Tests.Lab;
using Caisson.Storage.Tests.Lab;

namespace Caisson.Identity.Tests.Sessions;

public abstract class SessionSuite(DatabaseLab lab) : IdentitySuite(lab)
{
    private SessionStore Sessions => Identity.Sessions;

    [Fact]
    public void Knows_ASessionByItsCookie_AndNothingElse()
    {
        var (session, cookie) = Sessions.Start(Start(Person("a@example.com")));

        Sessions.Use(cookie, "192.0.2.1").ShouldNotBeNull().Session.Id.ShouldBe(session.Id);
        cookie.Length.ShouldBe(43, "256 bits");
        foreach (var wrong in new[] { "", session.Id, cookie[..42], cookie + "A", new string('A', 43) })
            Sessions.Use(wrong, "192.0.2.1").ShouldBeNull();
    }

    [Fact]
    public void Ends_AfterTwelveHoursWithoutUse()
    {
        var (_, cookie) = Sessions.Start(Start(Person("a@example.com")));
        Time.Advance(TimeSpan.FromHours(11.9));
        Sessions.Use(cookie, "").ShouldNotBeNull();
        Time.Advance(TimeSpan.FromHours(11.9));
        Sessions.Use(cookie, "").ShouldNotBeNull();
        Time.Advance(TimeSpan.FromHours(12));

        Sessions.Use(cookie, "").ShouldBeNull();
    }

    [Fact]
    public void Ends_AfterSevenDays_HoweverMuchItIsUsed()
    {
        var (session, cookie) = Sessions.Start(Start(Person("a@example.com")));
        for (var hours = 0; hours < 7 * 24 - 6; hours += 6)
        {
            Time.Advance(TimeSpan.FromHours(6));
            Sessions.Use(cookie, "").ShouldNotBeNull();
        }
        Time.Advance(TimeSpan.FromHours(6));

        Sessions.Use(cookie, "").ShouldBeNull();
        Sessions.Find(session.Id).ShouldBeNull();
        Sessions.Of(session.UserId).ShouldBeEmpty();
    }

    [Fact]
    public void Gets_ANewCookie_WhenRolesChange_AndTheOldOneEndsSoonAfter()
    {
        Person("admin@example.com", SiteRoles.Admin);
        var person = Person("a@example.com");
        var (session, old) = Sessions.Start(Start(person));

        Identity.Users.SetRoles(person.Id, [SiteRoles.Operator]);

        var used = Sessions.Use(old, "").ShouldNotBeNull();
        used.NewCookie.ShouldNotBeNull().ShouldNotBe(old);
        used.Session.Id.ShouldBe(session.Id);
        Sessions.Use(old, "").ShouldNotBeNull("requests that were under way").NewCookie.ShouldBeNull();
        Sessions.Use(used.NewCookie, "").ShouldNotBeNull().NewCookie.ShouldBeNull();
        Time.Advance(TimeSpan.FromSeconds(31));
        Sessions.Use(old, "").ShouldBeNull();
        Sessions.Use(used.NewCookie, "").ShouldNotBeNull();
    }

    [Fact]
    public void Ends_OnlyOnesOwn()
    {
        var (session, cookie) = Sessions.Start(Start(Person("a@example.com")));

        Sessions.End(session.Id, Person("b@example.com").Id).ShouldBeFalse();
        Sessions.Use(cookie, "").ShouldNotBeNull();
        Sessions.End(session.Id, session.UserId).ShouldBeTrue();
        Sessions.Use(cookie, "").ShouldBeNull();
    }

    [Fact]
    public void Ends_WhatTheProviderEnds()
    {
        var person = Person("a@example.com");
        var provider = Start(person) with { Issuer = "https://id", Subject = "7" };
        var (_, first) = Sessions.Start(provider with { ProviderSession = "s1" });
        var (_, second) = Sessions.Start(provider with { ProviderSession = "s2" });
        var (_, local) = Sessions.Start(Start(person));

        Sessions.EndOf("https://other", "7", null).ShouldBeEmpty();
        Sessions.EndOf("https://id", null, "s1").ShouldBe([person.Id]);
        Sessions.Use(first, "").ShouldBeNull();
        Sessions.Use(second, "").ShouldNotBeNull();
        Sessions.EndOf("https://id", "7", null).ShouldBe([person.Id]);
        Sessions.Use(second, "").ShouldBeNull();
        Sessions.Use(local, "").ShouldNotBeNull();
    }

    [Fact]
    public void ALoginLink_WorksOnce_AndTheSecondUseNamesTheFirstSession()
    {
        var person = Person("a@example.com");
        var token = Identity.Links.New(person.Id);

        var first = Identity.Links.Use(token, Start(person));
        var second = Identity.Links.Use(token, Start(person));

        Sessions.Use(first.Cookie.ShouldNotBeNull(), "").ShouldNotBeNull().Session.UserId.ShouldBe(person.Id);
        second.Session.ShouldBeNull();
        second.FirstSession.ShouldBe(first.Session!.Id);
        second.UserId.ShouldBe(person.Id);
    }

    [Fact]
    public void ALoginLink_WorksOnce_WhenTwoUseItAtOnce()
    {
        var person = Person("a@example.com");
        var token = Identity.Links.New(person.Id);

        var uses = new LinkUse[4];
        Parallel.For(0, uses.Length, index => uses[index] = Identity.Links.Use(token, Start(person)));

        uses.Count(use => use.Session is not null).ShouldBe(1);
    }

    [Fact]
    public void ALoginLink_EndsAfterTenMinutes_AndAnUnknownOneIsNobodys()
    {
        var person = Person("a@example.com");
        var token = Identity.Links.New(person.Id);
        Time.Advance(TimeSpan.FromMinutes(10));

        Identity.Links.Use(token, Start(person)).Session.ShouldBeNull();
        Identity.Links.Use("x", Start(person)).UserId.ShouldBeNull();
    }

    [Fact]
    public void ALoginAtAProvider_IsFinishedOnce_InTime_AtTheSameProvider()
    {
        var attempt = Identity.Attempts.Begin("corp", "/w/1");

        Identity.Attempts.Take("other", attempt.State).ShouldBeNull();
        Identity.Attempts.Take("corp", attempt.State + "x").ShouldBeNull();
        Identity.Attempts.Take("corp", attempt.State).ShouldBe(attempt);
        Identity.Attempts.Take("corp", attempt.State).ShouldBeNull();
        var late = Identity.Attempts.Begin("corp", null);
        Time.Advance(TimeSpan.FromMinutes(10));
        Identity.Attempts.Take("corp", late.State).ShouldBeNull();
    }

    [Fact]
    public void AnAdminLink_GivesTenMinutes_AndKeepsItsReason()
    {
        var person = Identity.Users.Local("root");
        var used = Identity.Links.Use(Identity.Links.New(person.Id, "provider down"), Start(person));

        used.Session!.Reason.ShouldBe("provider down");
        Time.Advance(TimeSpan.FromMinutes(10));
        Sessions.Use(used.Cookie!, "").ShouldBeNull();
    }
}

public sealed class SqliteSessionTests(SqliteLab lab) : SessionSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresSessionTests(PostgresLab lab) : SessionSuite(lab), IClassFixture<PostgresLab>;
