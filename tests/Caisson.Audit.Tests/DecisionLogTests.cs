using System.Text.Json;

namespace Caisson.Audit.Tests;

public sealed class DecisionLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("caisson-audit-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Writes_OneJsonLine_ForEachRecord_ForItsOwnerOnly()
    {
        using var log = Open();

        await log.AppendAsync(Record("d-1", "deny"), default);
        await log.AppendAsync(Record("d-2", "allow") with { Path = "/line\nbreak" }, default);

        var lines = File.ReadAllLines(PathOf("sb1"));
        lines.Length.ShouldBe(2);
        var second = JsonDocument.Parse(lines[1]).RootElement;
        second.GetProperty("path").GetString().ShouldBe("/line\nbreak");
        second.TryGetProperty("reason", out _).ShouldBeFalse();
        File.GetUnixFileMode(PathOf("sb1")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Keeps_WhatOthersAppended()
    {
        using var log = Open();
        await log.AppendAsync(Record("d-1", "deny"), default);
        await File.AppendAllTextAsync(PathOf("sb1"), "{}\n");
        await log.AppendAsync(Record("d-2", "deny"), default);

        File.ReadAllLines(PathOf("sb1")).Select(l => l.Contains("d-")).ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task Loses_NoLine_WhenManyWriteAtOnce()
    {
        using var log = Open();

        await Parallel.ForEachAsync(Enumerable.Range(0, 500), async (i, _) => await log.AppendAsync(Record($"d-{i}", "allow"), default));

        File.ReadAllLines(PathOf("sb1"))
            .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("id").GetString())
            .Distinct()
            .Count()
            .ShouldBe(500);
    }

    [Fact]
    public async Task Shows_TheNewestDenials_OfOneSandbox_NewestFirst()
    {
        using var log = Open();
        for (var i = 0; i < 250; i++)
            await log.AppendAsync(Record($"d-{i}", i % 2 == 0 ? "deny" : "allow"), default);
        await log.AppendAsync(Record("d-other", "deny") with { Sandbox = "sb2" }, default);

        log.RecentDenials("sb1", 2).Select(r => r.Id).ShouldBe(["d-248", "d-246"]);
        log.RecentDenials("sb1", 200).Count.ShouldBe(125);
        Should.Throw<ArgumentOutOfRangeException>(() => log.RecentDenials("sb1", 201));
    }

    [Fact]
    public async Task Remembers_Denials_AfterARestart_AlsoBehindATornLine()
    {
        using (var log = Open())
            await log.AppendAsync(Record("d-1", "deny"), default);
        await File.AppendAllTextAsync(PathOf("sb1"), "{\"id\":\"d-2\",\"ti");
        using var again = Open();

        await again.AppendAsync(Record("d-3", "deny"), default);

        again.RecentDenials("sb1", 10).Select(r => r.Id).ShouldBe(["d-3", "d-1"]);
        File.ReadAllLines(PathOf("sb1")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Throws_WhenARecordCannotBeKept_NamingTheFile()
    {
        using var log = new DecisionLog(_ => Path.Combine(folder, "missing", "x.jsonl"));

        var error = await Should.ThrowAsync<IOException>(async () => await log.AppendAsync(Record("d-1", "deny"), default));

        error.Message.ShouldContain("missing/x.jsonl");
    }

    [Fact]
    public async Task Throws_WhenTheDiskIsFull()
    {
        using var log = new DecisionLog(_ => "/dev/full");

        await Should.ThrowAsync<IOException>(async () => await log.AppendAsync(Record("d-1", "deny"), default));
        await Should.ThrowAsync<IOException>(async () => await log.AppendAsync(Record("d-2", "deny"), default));
    }

    [Fact]
    public async Task Follows_NoLink_InPlaceOfTheLog()
    {
        var target = Path.Combine(folder, "target");
        File.CreateSymbolicLink(PathOf("sb1"), target);
        using var log = Open();

        await Should.ThrowAsync<IOException>(async () => await log.AppendAsync(Record("d-1", "deny"), default));
        File.Exists(target).ShouldBeFalse();
    }

    private DecisionLog Open() => new(PathOf);

    private string PathOf(string sandbox) => Path.Combine(folder, sandbox + ".jsonl");

    private static DecisionRecord Record(string id, string verdict) =>
        new()
        {
            Id = id,
            Time = DateTimeOffset.UnixEpoch,
            Sandbox = "sb1",
            Protocol = "http/1.1",
            Host = "h.example",
            Port = 443,
            Verdict = verdict,
            Rule = "default",
        };
}
