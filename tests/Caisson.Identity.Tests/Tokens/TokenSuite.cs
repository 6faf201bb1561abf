using Caisson.Identity.Tests.Lab;
using Caisson.Identity.Tokens;
using Caisson.Storage.Tests.Lab;

namespace Caisson.Identity.Tests.Tokens;

public abstract class TokenSuite(DatabaseLab lab) : IdentitySuite(lab)
{
    private TokenStore Tokens => Identity.Tokens;

    [Fact]
    public void Works_UntilItExpires_AndTellsOfNewAddresses()
    {
        var person = Person("a@example.com");
        var (token, text) = Tokens.Create(person.Id, "ci", ["workspaces:read"], TimeSpan.FromDays(90));

        Tokens.Use(text, "192.0.2.1").ShouldNotBeNull().NewAddress.ShouldBeTrue();
        Tokens.Use(text, "192.0.2.1").ShouldNotBeNull().NewAddress.ShouldBeFalse();
        Tokens.Use(text, "192.0.2.2").ShouldNotBeNull().NewAddress.ShouldBeTrue();
        Tokens.Of(person.Id).ShouldHaveSingleItem().LastAddress.ShouldBe("192.0.2.2");
        Time.Advance(TimeSpan.FromDays(90));
        Tokens.Use(text, "192.0.2.1").ShouldBeNull();
        Tokens.Find(token.Id).ShouldBeNull();
    }

    [Fact]
    public void Lives_AYearAtMost()
    {
        var (token, _) = Tokens.Create(Person("a@example.com").Id, "ci", [], TimeSpan.FromDays(4000));
        token.Expires.ShouldBe(Time.GetUtcNow() + TimeSpan.FromDays(365));
    }

    [Fact]
    public void Refuses_AnotherSecretOfTheSameId()
    {
        var (token, text) = Tokens.Create(Person("a@example.com").Id, "ci", [], TimeSpan.FromDays(1));
        var (_, other) = Tokens.Create(Person("a@example.com").Id, "ci", [], TimeSpan.FromDays(1));

        Tokens.Use(text.Replace(token.Id, ApiTokenText.Id(other)!), "").ShouldBeNull();
        Tokens.Use("csn_" + token.Id, "").ShouldBeNull();
        Tokens.Use("", "").ShouldBeNull();
    }

    [Fact]
    public void Revokes_OnlyOnesOwn()
    {
        var (token, text) = Tokens.Create(Person("a@example.com").Id, "ci", [], TimeSpan.FromDays(1));

        Tokens.Revoke(token.Id, Person("b@example.com").Id).ShouldBeFalse();
        Tokens.Use(text, "").ShouldNotBeNull();
        Tokens.Revoke(token.Id, token.UserId).ShouldBeTrue();
        Tokens.Use(text, "").ShouldBeNull();
    }

    [Fact]
    public void HasAForm_ThatScannersKnow_AndACheck_ThatFindsMistypedOnes()
    {
        var (id, text) = ApiTokenText.New();

        text.ShouldMatch("^csn_[a-z0-9]{8}_[A-Za-z0-9_-]{43}_[a-z0-9]{6}$");
        ApiTokenText.Id(text).ShouldBe(id);
        for (var index = 0; index < text.Length; index++)
        {
            var changed = text.ToCharArray();
            changed[index] = changed[index] == 'q' ? 'r' : 'q';
            ApiTokenText.Id(new string(changed)).ShouldBeNull($"changed at {index}");
        }
    }
}

public sealed class SqliteTokenTests(SqliteLab lab) : TokenSuite(lab), IClassFixture<SqliteLab>;

public sealed class PostgresTokenTests(PostgresLab lab) : TokenSuite(lab), IClassFixture<PostgresLab>;
