using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    private (IReadOnlyDictionary<string, ConfiguredValue> Values, List<string> Errors) Read()
    {
        var errors = new List<string>();
        return (ConfigurationFile.Read(home.File("caisson.yaml"), errors), errors);
    }

    [Fact]
    public void MissingAndEmptyFiles_SayNothing()
    {
        Read().Errors.ShouldBeEmpty();
        home.With("# nothing\n");
        var (values, errors) = Read();
        values.ShouldBeEmpty();
        errors.ShouldBeEmpty();
    }

    [Fact]
    public void Value_KnowsItsLine()
    {
        home.With("\nserver:\n  listen: none\n");
        var (values, errors) = Read();
        errors.ShouldBeEmpty();
        values["server.listen"].Origin.ShouldBe("caisson.yaml:3");
    }

    [Fact]
    public void ListKey_TakesAListOrOneText()
    {
        home.With("gateway:\n  resolve: [a.example:443:127.0.0.1, b.example:443:127.0.0.1]\n");
        Read().Values["gateway.resolve"].Texts.Count.ShouldBe(2);
        home.With("gateway:\n  resolve: a.example:443:127.0.0.1\n");
        Read().Values["gateway.resolve"].Texts.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("server:\n  lisen: none\n", ":2:3: server.lisen: unknown key; did you mean 'server.listen'?")]
    [InlineData("sever:\n  listen: none\n", ":1:1: sever: unknown key")]
    [InlineData("server:\n  listen: [a, b]\n", ":2:3: server.listen: ADDRESS:PORT, or none is expected here")]
    [InlineData("server: none\n", ":1:1: server: ")]
    [InlineData("gateway:\n  resolve: [{ a: b }]\n", ":2:3: gateway.resolve: list of HOST:PORT:ADDRESS[:PORT] is expected here")]
    [InlineData("- one\n", ":1:1: a block of keys is expected here")]
    [InlineData("log:\n  level: debug\n  level: error\n", ":3:3: ")]
    [InlineData("log: &here { level: debug }\n", ":1:6: ")]
    [InlineData("log:\n\tlevel: debug\n", ":")]
    public void Refuses_WithLineColumnAndReason(string text, string expected)
    {
        home.With(text);
        Read().Errors.ShouldContain(error => error.Contains("caisson.yaml" + expected, StringComparison.Ordinal));
    }

    [Fact]
    public void AllErrors_AreReportedTogether()
    {
        home.With("log: { levl: debug }\nserver: { listne: none }\ndriver: [a]\n");
        Read().Errors.Count.ShouldBe(3);
    }

    [Fact]
    public void Refuses_AFileThatCantBeRead()
    {
        Directory.CreateDirectory(home.File("caisson.yaml"));
        Read().Errors.ShouldHaveSingleItem().ShouldContain("caisson.yaml: can't be read");
    }

    [Fact]
    public void Refuses_WhatIsNotUtf8()
    {
        File.WriteAllBytes(home.File("caisson.yaml"), [.. "log: { level: "u8, 0xff, .. " }"u8]);
        Read().Errors.ShouldHaveSingleItem().ShouldContain("is not valid UTF-8");
    }

    [Fact]
    public void Refuses_AHugeFile()
    {
        home.With(new string('#', 300 * 1024));
        Read().Errors.ShouldHaveSingleItem().ShouldContain("larger than 256 KiB");
    }
}
