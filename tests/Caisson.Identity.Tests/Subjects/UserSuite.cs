using Caisson.Identity.Subjects;
using Caisson.Identity.Tests.Lab;
using Caisson.Storage.Tests.Lab;

namespace Caisson.Identity.Tests.Subjects;

public abstract class UserSuite(DatabaseLab lab) : IdentitySuite(lab)
{
    private UserStore Users => Identity.Users;

    [Fact]
    public void Makes_APersonOnce()
    {
        var first = Users.Ensure("a@example.com", "A", [SiteRoles.Member]);

        var second = Users.Ensure("a@example.com", "Other", [SiteRoles.Admin]);
        second.Id.ShouldBe(first.Id);
        second.Name.ShouldBe("A");
        second.Roles.ShouldBe([SiteRoles.Member]);
        Identifier.IsValid(first.Id, 'u').ShouldBeTrue();
        Users.Search(null, null, 10).Count.ShouldBe(1);
    }

    [Fact]
    public void Finds_ByPartOfTheAddress_TakenLiterally()
    {
        Person("a_b@example.com");
        Person("axb@example.com");

        Users.Search("A_B", null, 10).ShouldHaveSingleItem().Address.ShouldBe("a_b@example.com");
        Users.Count("example").ShouldBe(2);
        Users.Search(null, "a_b@example.com", 10).ShouldHaveSingleItem().Address.ShouldBe("axb@example.com");
    }

    [Fact]
    public void KnowsAPerson_ByIssuerAndSubject_WhateverTheirAddressBecomes()
    {
        var person = Users.SignIn("https://id", "7", "old@example.com", "A", [SiteRoles.Member]).ShouldNotBeNull();

        Users.SignIn("https://id", "7", "new@example.com", "A", [SiteRoles.Member]).ShouldNotBeNull().Id.ShouldBe(person.Id);
        Users.Count(null).ShouldBe(1);
    }

    [Fact]
    public void Refuses_AKnownAddress_FromAnotherSubject_UntilLinked()
    {
        var person = Users.SignIn("https://id", "7", "a@example.com", "A", [SiteRoles.Member]).ShouldNotBeNull();

        Users.SignIn("https://id", "8", "a@example.com", "A", [SiteRoles.Member]).ShouldBeNull();
        Users.SignIn("https://other", "7", "a@example.com", "A", [SiteRoles.Member]).ShouldBeNull();

        Users.Link("https://other", "7", person.Id);
        Users.SignIn("https://other", "7", "a@example.com", "A", [SiteRoles.Member]).ShouldNotBeNull().Id.ShouldBe(person.Id);
    }

    [Fact]
    public void Keeps_TheLastAdmin()
    {
        var admin = Person("admin@example.com", SiteRoles.Admin);

        Users.SetRoles(admin.Id, [SiteRoles.Member]).Problem.ShouldBe("last_admin");
        Users.SetRoles(admin.Id, []).Problem.ShouldBe("last_admin");
        Users.Disable(admin.Id).Problem.ShouldBe("last_admin");
        Users.SetRoles(admin.Id, [SiteRoles.Admin, SiteRoles.Auditor]).Problem.ShouldBeNull();

        var second = Person("second@example.com", SiteRoles.Admin);
        Users.Disable(admin.Id).Problem.ShouldBeNull();
        Users.Disable(second.Id).Problem.ShouldBe("last_admin");
    }

    [Fact]
    public void Keeps_TheUserOfThisInstallation_AnAdmin()
    {
        var local = Users.Local("root");
        Person("admin@example.com", SiteRoles.Admin);

        Users.SetRoles(local.Id, [SiteRoles.Member]).Problem.ShouldBe("last_admin");
        Users.Disable(local.Id).Problem.ShouldBe("last_admin");
    }

    [Fact]
    public void Lets_OnlyOneOfTwoAdminsLeave_WhenBothDoAtOnce()
    {
        var admins = new[] { Person("a@example.com", SiteRoles.Admin), Person("b@example.com", SiteRoles.Admin) };

        var problems = new string?[2];
        Parallel.For(0, 2, index => problems[index] = Users.Disable(admins[index].Id).Problem);

        problems.Count(problem => problem is null).ShouldBe(1);
        problems.ShouldContain("last_admin");
    }

    [Fact]
    public void Tells_WhatItWasBefore()
    {
        Person("admin@example.com", SiteRoles.Admin);
        var person = Person("a@example.com");

        Users.SetRoles(person.Id, [SiteRoles.Operator]).Before.ShouldNotBeNull().Roles.ShouldBe([SiteRoles.Member]);
        Users.Find(person.Id).ShouldNotBeNull().Roles.ShouldBe([SiteRoles.Operator]);
        Users.SetRoles("u-nobody", []).Problem.ShouldBe("unknown_user");
    }

    [Fact]
    public void Settings_AreWritten_OnlyOverTheVersionThatWasRead()
    {
        var person = Person("a@example.com");
        Identity.Settings.Get(person.Id).ShouldBe(("{}", 0));

        Identity.Settings.Put(person.Id, """{"theme":"dark"}""", 0).ShouldBe(1);
        Identity.Settings.Put(person.Id, """{"theme":"light"}""", 0).ShouldBeNull();

        Identity.Settings.Get(person.Id).ShouldBe(("""{"theme":"dark"}""", 1));
    }
}

public sealed class SqliteUserTests(SqliteLab lab) : UserSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresUserTests(PostgresLab lab) : UserSuite(lab), IClassFixture<PostgresLab>;
