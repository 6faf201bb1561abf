using Caisson.Identity;

namespace Caisson.Identity.Tests.Subjects;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("A.Bee@Example.com", "a.bee@example.com")]
    [InlineData("  a.bee@example.com\t", "a.bee@example.com")]
    [InlineData("o'neil+tag@sub.example.org", "o'neil+tag@sub.example.org")]
    [InlineData("a@Bücher.example", "a@xn--bcher-kva.example")]
    [InlineData("100%sure@example.com", "100%sure@example.com")]
    public void Reads_OneSpellingFromMany(string text, string normalised)
    {
        EmailAddress.Normalise(text, out var problem).ShouldBe(normalised);
        problem.ShouldBeNull();
        EmailAddress.Normalise(normalised, out _).ShouldBe(normalised);
    }

    [Theory]
    [InlineData("a.bee@example.com", "abee@example.com")]
    [InlineData("a+x@example.com", "a@example.com")]
    [InlineData("a@bücher.example", "a@bucher.example")]
    public void Keeps_SimilarPeopleApart(string one, string other) =>
        EmailAddress.Normalise(one, out _).ShouldNotBe(EmailAddress.Normalise(other, out _));

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("   ", "missing")]
    [InlineData("abc", "position 4")]
    [InlineData("@example.com", "position 1")]
    [InlineData(".a@example.com", "position 1")]
    [InlineData("a@example", "position 10")]
    [InlineData("a@example.c", "position")]
    [InlineData("a@example.123", "position")]
    [InlineData("a@b@example.com", "position 4")]
    [InlineData("a b@example.com", "position 2")]
    [InlineData("a,b@example.com", "position 2")]
    [InlineData("a@example.com,b@example.com", "position")]
    [InlineData("a\u0000@example.com", "position 2")]
    [InlineData("а@example.com", "position 1: U+0430")] // A Cyrillic a.
    [InlineData("\u212Aate@example.com", "position 1: U+212A")] // The Kelvin sign, which becomes k in lower case.
    [InlineData("a\u200B@example.com", "position 2: U+200B")]
    [InlineData("a@exam\u200Bple.com", "position 7")]
    [InlineData("a@exam ple.com", "position 7")]
    [InlineData("a@-\u00fc-.com", "position 3")]
    [InlineData("a@example.com\nb", "position")]
    public void Refuses_WhatIsNoAddress_WithThePlace(string? text, string place)
    {
        EmailAddress.Normalise(text, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain(place);
    }

    [Fact]
    public void Refuses_WhatIsTooLong()
    {
        var domain = string.Concat(Enumerable.Repeat("abcdefghi.", 24)) + "com";
        EmailAddress.Normalise("a23456789b@" + domain, out _).ShouldNotBeNull().Length.ShouldBe(254);
        EmailAddress.Normalise("a23456789bc@" + domain, out _).ShouldBeNull();
        EmailAddress.Normalise(new string('a', 64) + "@example.com", out _).ShouldNotBeNull();
        EmailAddress.Normalise(new string('a', 65) + "@example.com", out _).ShouldBeNull();
    }

    [Theory]
    [InlineData("Alice", "alice")]
    [InlineData("a.bee@Example.com", "a.bee@example.com")]
    [InlineData("a b", null)]
    [InlineData("-x", null)]
    [InlineData("", null)]
    public void Reads_UserNames_WhereAProxyHasNothingElse(string text, string? name) =>
        EmailAddress.NormaliseUserName(text, out _).ShouldBe(name);
}
