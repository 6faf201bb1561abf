using System.Net;
using Caisson.Credentials;
using Caisson.Gateway.Fetches;
using Caisson.Gateway.Tests.Fixtures;
using Caisson.Policy;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Fetches;

public sealed class SharedFetchTests
{
    private const string Heads = "https://git.example/project.git/info/refs?service=git-upload-pack";
    private static readonly Route Open = Lab.Route("git.example");
    private static readonly Route Keyed = Lab.Route("git.example", route => route with { Credential = "key" });
    private static readonly DateTimeOffset Before = TimeProvider.System.GetUtcNow().AddHours(-1);

    [Fact]
    public async Task TwentySandboxes_ThatCloneAtOnce_FetchOnce_AndEachIsRecorded()
    {
        using var site = new GitSite();
        var upstream = await TestUpstream.StartAsync(["git.example"], site.HandleAsync);
        await using var lab = await LabAsync(upstream);
        var starters = new List<Starter>();
        for (var number = 0; number < 20; number++)
            starters.Add(await Starter.OpenAsync(lab, $"s{number}", [Open]));
        var sharing = starters.Select(starter => starter.Share(Before)).ToList();

        await Task.WhenAll(
            starters.Select(
                (starter, number) => starter.CloneAsync("https://git.example/project.git", Path.Combine(lab.Folder, $"clone{number}"))
            )
        );

        upstream.Requests.Count.ShouldBe(3, "capabilities, references, objects");
        (sharing.Sum(one => one.Fetched), sharing.Sum(one => one.Joined)).ShouldBe((3, 57));
        for (var number = 0; number < 20; number++)
        {
            File.ReadAllText(Path.Combine(lab.Folder, $"clone{number}", "first")).ShouldBe("first");
            var log = Path.Combine(lab.Folder, $"s{number}.jsonl");
            await Eventually.HoldsAsync(() =>
                File.ReadLines(log).Count(line => line.Contains("\"allow\"", StringComparison.Ordinal) && line.Contains("project.git")) == 3
            );
        }
        Directory.EnumerateFileSystemEntries(FolderOf(lab)).ShouldBeEmpty("what is shared has no name that anybody could open");
        lab.Host.Fetches!.Held.ShouldBeGreaterThan(0);
        foreach (var starter in starters)
            await starter.DisposeAsync();
    }

    [Fact]
    public async Task OnlyTheSameCredential_Shares()
    {
        var upstream = await TestUpstream.StartAsync(
            ["git.example"],
            context => context.Response.WriteAsync($"for {context.Request.Headers.Authorization}")
        );
        await using var lab = await LabAsync(upstream);

        var answers = new List<string>();
        foreach (var (id, value) in new[] { ("a", "one"), ("b", "one"), ("c", "two"), ("d", (string?)null), ("e", null) })
        {
            await using var starter = await Starter.OpenAsync(
                lab,
                id,
                [value is null ? Open : Keyed],
                value is null
                    ? null
                    : new TestCredentials().Add("key", "placeholder-" + id, new(InjectionKind.Bearer), value, "git.example")
            );
            using var sharing = starter.Share(Before);
            using var http = starter.Http();
            answers.Add(await http.GetStringAsync(Heads));
        }

        answers.ShouldBe(["for Bearer one", "for Bearer one", "for Bearer two", "for ", "for "]);
        upstream.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task WhoMayNotRead_IsRefused_WhateverOthersHaveFetched()
    {
        var upstream = await TestUpstream.StartAsync("git.example");
        await using var lab = await LabAsync(upstream);
        await using var may = await Starter.OpenAsync(lab, "may", [Open]);
        await using var mayNot = await Starter.OpenAsync(lab, "may-not", [Lab.Route("git.example", r => r with { Deny = [Lab.Rule()] })]);
        using var one = may.Share(Before);
        using var other = mayNot.Share(Before);
        using (var http = may.Http())
            await http.GetStringAsync(Heads);

        using var refused = mayNot.Http();
        var answer = await refused.GetAsync(Heads);

        (answer.StatusCode, upstream.Requests.Count, other.Joined).ShouldBe((HttpStatusCode.Forbidden, 1, 0));
    }

    [Fact]
    public async Task AFetchThatBeganBeforeSomebodyAsked_IsNotTheirs()
    {
        var time = new ManualTime();
        var upstream = await TestUpstream.StartAsync("git.example");
        await using var lab = await LabAsync(upstream, time: time);
        await using var starter = await Starter.OpenAsync(lab, "a", [Open]);
        using var http = starter.Http();

        using (starter.Share(time.GetUtcNow()))
        {
            await http.GetStringAsync(Heads);
            time.Advance(TimeSpan.FromMinutes(1));
            await http.GetStringAsync(Heads);
            upstream.Requests.Count.ShouldBe(1);
        }
        using (starter.Share(time.GetUtcNow()))
            await http.GetStringAsync(Heads);
        upstream.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("GET", "/project.git/info/refs?service=git-receive-pack", true)]
    [InlineData("POST", "/project.git/git-receive-pack", true)]
    [InlineData("GET", "/page", true)]
    [InlineData("GET", "/project.git/info/refs?service=git-upload-pack", false)]
    public async Task AllElse_AndAllThatComesAfterTheStart_GoesAlone(string method, string path, bool isStarting)
    {
        var upstream = await TestUpstream.StartAsync("git.example");
        await using var lab = await LabAsync(upstream);
        await using var starter = await Starter.OpenAsync(lab, "a", [Open]);
        var sharing = starter.Share(Before);
        if (!isStarting)
            sharing.Dispose();
        using var http = starter.Http();

        for (var count = 0; count < 2; count++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "https://git.example" + path);
            if (method == "POST")
                request.Content = new StringContent("0000");
            (await http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WhatBreaksOff_OrIsNoAnswer_IsNotKept()
    {
        var count = 0;
        var upstream = await TestUpstream.StartAsync(
            ["git.example"],
            async context =>
            {
                switch (Interlocked.Increment(ref count))
                {
                    case 1:
                        context.Response.StatusCode = 503;
                        break;
                    case 2:
                        await context.Response.WriteAsync("hal");
                        await context.Response.Body.FlushAsync();
                        context.Abort();
                        break;
                    default:
                        await context.Response.WriteAsync("whole");
                        break;
                }
            }
        );
        await using var lab = await LabAsync(upstream);
        await using var starter = await Starter.OpenAsync(lab, "a", [Open]);
        using var sharing = starter.Share(Before);
        using var http = starter.Http();

        (await http.GetAsync(Heads)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Should.ThrowAsync<HttpRequestException>(() => http.GetStringAsync(Heads));
        (await http.GetStringAsync(Heads)).ShouldBe("whole");
        (await http.GetStringAsync(Heads)).ShouldBe("whole");
        count.ShouldBe(3);
        await Eventually.HoldsAsync(() => lab.Host.Fetches!.Held == "whole".Length);
    }

    [Fact]
    public async Task WhatIsTooLarge_IsFetchedByEachAlone_AndTheOldestMakesRoom()
    {
        var upstream = await TestUpstream.StartAsync(
            ["git.example"],
            context => context.Response.WriteAsync(new string('x', int.Parse(context.Request.Path.Value!.Split('/')[1])))
        );
        await using var lab = await LabAsync(
            upstream,
            new FetchLimits
            {
                Answer = 1000,
                Together = 1500,
                Free = 0,
            }
        );
        await using var starter = await Starter.OpenAsync(lab, "a", [Open]);
        using var sharing = starter.Share(Before);
        using var http = starter.Http();
        string Url(int size) => $"https://git.example/{size}/info/refs?service=git-upload-pack";

        await Should.ThrowAsync<HttpRequestException>(() => http.GetStringAsync(Url(1001)));
        (await http.GetStringAsync(Url(1001))).Length.ShouldBe(1001);
        (await http.GetStringAsync(Url(1001))).Length.ShouldBe(1001);
        upstream.Requests.Count.ShouldBe(3);
        lab.Host.Fetches!.Held.ShouldBe(0);

        await http.GetStringAsync(Url(1000));
        await http.GetStringAsync(Url(600));
        lab.Host.Fetches!.Held.ShouldBe(600);
        await http.GetStringAsync(Url(600));
        upstream.Requests.Count.ShouldBe(5);
    }

    [Fact]
    public async Task WhereNothingCanBeKept_EachFetchesAlone()
    {
        var upstream = await TestUpstream.StartAsync("git.example");
        await using var lab = await LabAsync(upstream);
        Directory.Delete(FolderOf(lab));
        await using var starter = await Starter.OpenAsync(lab, "a", [Open]);
        using var sharing = starter.Share(Before);
        using var http = starter.Http();

        (await http.GetStringAsync(Heads)).ShouldStartWith("hello");
        (await http.GetStringAsync(Heads)).ShouldStartWith("hello");

        (sharing.Fetched, sharing.Joined).ShouldBe((2, 0));
        Directory.CreateDirectory(FolderOf(lab));
    }

    [Fact]
    public async Task AFetchThatNobodyReadsAnyMore_Ends()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        var upstream = await TestUpstream.StartAsync(
            ["git.example"],
            async context =>
            {
                context.RequestAborted.UnsafeRegister(_ => ended.TrySetResult(), null);
                await context.Response.WriteAsync("first");
                await context.Response.Body.FlushAsync();
                begun.TrySetResult();
                await ended.Task;
            }
        );
        await using var lab = await LabAsync(upstream);
        var first = await Starter.OpenAsync(lab, "a", [Open]);
        var second = await Starter.OpenAsync(lab, "b", [Open]);
        using var one = first.Share(Before);
        using var two = second.Share(Before);
        using var http = first.Http();
        using var other = second.Http();
        using var answer = await http.GetAsync(Heads, HttpCompletionOption.ResponseHeadersRead);
        using var joined = await other.GetAsync(Heads, HttpCompletionOption.ResponseHeadersRead);
        await begun.Task;

        // Whoever began it may go; it goes on for the other.
        await first.DisposeAsync();
        await using var body = await joined.Content.ReadAsStreamAsync();
        (await body.ReadAtLeastAsync(new byte[5], 5)).ShouldBe(5);
        ended.Task.IsCompleted.ShouldBeFalse();
        await second.DisposeAsync();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.HoldsAsync(() => lab.Host.Fetches!.Held == 0);
    }

    private static Task<Lab> LabAsync(TestUpstream upstream, FetchLimits? limits = null, TimeProvider? time = null) =>
        Lab.StartAsync(
            [],
            [upstream],
            options: options =>
                options with
                {
                    FetchDirectory = Directory.CreateTempSubdirectory("caisson-fetches-").FullName,
                    FetchLimits = limits ?? new FetchLimits { Free = 0 },
                },
            time: time
        );

    private static string FolderOf(Lab lab) => lab.Host.Fetches!.Folder;
}
