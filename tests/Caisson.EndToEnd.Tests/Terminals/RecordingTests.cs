using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Terminals;

/// <summary>A terminal is recorded as its policy says: complete, without secrets, sealed, and so that a change of it is found.</summary>
public sealed class RecordingTests(SharedInstallation shared)
{
    private const string Recorded = """
        recording: on
        record_input: true
        credentials:
          anthropic: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: api.anthropic.com }] }
        """;

    [Fact]
    public async Task ARecording_HasWhatWasShown_ItsMarks_AndNoSecret_AndCanBeSearchedAndPlayedFromAnyMoment()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, Recorded);
        var key = shared.Installation.Keys.Anthropic;
        // The key comes in two writes, so that it lies across pieces; the password is typed while nothing is shown.
        var terminal = await place.CreateAsync(
            $"printf ready; read first; printf '\\033[31m{key[..20]}'; sleep 0.2; printf '%s\\033[0m\\r\\n' '{key[20..]}'; curl -s http://denied.example/ >/dev/null; stty -echo; printf 'password: '; read password; stty echo; echo; stty size; read last; exit 3"
        );
        await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        ((bool)view.Hello["recording"]!).ShouldBeTrue();
        await view.UntilAsync("ready");
        await view.TypeAsync("typed words\n");
        await view.UntilAsync("password: ");
        view.Text.ShouldContain(key);
        await view.TypeAsync("hunter2\n");
        await view.UntilAsync("24 80");
        await view.ResizeAsync(100, 30);
        await view.UntilAsync(() => view.Size == (100, 30));
        await view.TypeAsync("over\n");
        (await view.EndAsync()).ShouldBe(4000);

        var info = await place.Api.GetAsync($"terminals/{terminal}/recording");
        var id = (string)info["id"]!;
        ((string)info["state"]!, (string)info["mode"]!, (string)info["endReason"]!).ShouldBe(("ended", "on", "exited 3"));
        var events = Events(await TextAsync(place.Api, $"recordings/{id}/cast"), out var head);
        ((int)head["version"]!, (int)head["term"]!["cols"]!).ShouldBe((3, 80));
        Joined(events, "o").ShouldContain("\u001b[31m***\u001b[0m");
        Joined(events, "o").ShouldNotContain("hunter2");
        Joined(events, "i").ShouldBe("typed words\nover\n");
        Joined(events, "r").ShouldBe("100x30");
        Joined(events, "x").ShouldBe("3");
        string.Concat(events.Select(one => one.Data)).ShouldNotContain(key[..30]);

        var index = await place.Api.GetAsync($"recordings/{id}/index");
        var mark = index["marks"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)mark["kind"]!, (string)mark["text"]!).ShouldBe(("deny", "GET denied.example:80/ no_route"));
        ((string)mark["id"]!).ShouldStartWith("d-");
        var found = (await place.Api.GetAsync($"recordings/{id}/search?q=24%2080"))["matches"]!.AsArray().ShouldHaveSingleItem()!;
        var from = ((double)found["time"]!).ToString(CultureInfo.InvariantCulture);
        var later = Events(await TextAsync(place.Api, $"recordings/{id}/cast?from={from}&format=v2"), out var headOfLater);
        ((int)headOfLater["version"]!, (int)headOfLater["width"]!).ShouldBe((2, 80));
        later[0].Data.ShouldContain("***");
        later[1].Data.ShouldContain("24 80");
        var text = await TextAsync(place.Api, $"recordings/{id}/cast?format=txt");
        text.ShouldContain("***\n");
        text.ShouldContain("24 80\n");
    }

    [Fact]
    public async Task ARecording_MarksRequestsWithACredential_AndGitPushes()
    {
        await using var place = await TerminalPlace.StartAsync(
            shared.Installation,
            $$"""
            recording: on
            credentials:
              site: { env: ANTHROPIC_API_KEY, scheme: header, name: x-api-key, bind: [{ host: example.org }] }
            routes:
              - host: example.org
                match: [{ methods: [read], paths: [{ type: prefix, value: /docs }], credential: site }, { paths: [{ type: exact, value: / }] }]
              - host: {{UpstreamSites.Git}}
            """
        );
        var terminal = await place.CreateAsync(
            $"curl -s https://example.org/ https://example.org/docs/a; cd /tmp && git init -q made && cd made && git -c user.name=A -c user.email=a@example.org commit -q --allow-empty -m first && git push -q https://{UpstreamSites.Git}/taking.git HEAD:refs/heads/made"
        );
        await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        (await view.EndAsync()).ShouldBe(1000, view.Text);

        var id = (string)(await place.Api.GetAsync($"terminals/{terminal}/recording"))["id"]!;
        var marks = (await place.Api.GetAsync($"recordings/{id}/index"))["marks"]!.AsArray();

        // What is allowed without a credential and is no push has no mark.
        marks
            .Select(mark => ((string)mark!["kind"]!, (string)mark["text"]!))
            .ShouldBe([
                ("allow", "GET example.org:443/docs/a with site"),
                ("push", $"POST {UpstreamSites.Git}:443/taking.git/git-receive-pack"),
            ]);
        marks.ShouldAllBe(mark => ((string)mark!["id"]!).StartsWith("d-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARunningRecording_CanBeWatched()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, "recording: on");
        var terminal = await place.CreateAsync("printf one; read x; printf two; read x; printf three");
        await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        await view.UntilAsync("one");
        var id = (string)(await place.Api.GetAsync($"terminals/{terminal}/recording"))["id"]!;

        using var response = await place.Api.GetRawAsync($"recordings/{id}/cast?follow=true");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = "";
        using var limit = new CancellationTokenSource(Command.Limit);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            seen += line;
            if (seen.Contains("one", StringComparison.Ordinal) && !seen.Contains("two", StringComparison.Ordinal))
                await view.TypeAsync("\n");
            else if (line.Contains("two", StringComparison.Ordinal))
                await view.TypeAsync("\n");
        }

        seen.ShouldContain("three");
        seen.ShouldContain("\"x\",\"0\"");
    }

    [Fact]
    public async Task ARecordingGoesOn_AfterTheServersDeath_WithoutAHole()
    {
        await using var installation = await Installation.StartAsync();
        await using var place = await TerminalPlace.StartAsync(installation, "recording: required");
        var terminal = await place.CreateAsync("stty -echo; i=0; while read line; do i=$((i+1)); echo $i:$line; done");
        await using var before = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        await before.TypeAsync("first\n");
        await before.UntilAsync("1:first");
        await installation.EndServerAsync("KILL");
        await installation.ServeAsync();
        await using var after = await TerminalView.AttachAsync(place.Api, terminal, before.Next, before.Key);
        await after.TypeAsync("second\n\u0004");
        (await after.EndAsync()).ShouldBe(1000);

        var id = (string)(await place.Api.GetAsync($"terminals/{terminal}/recording"))["id"]!;
        var events = Events(await TextAsync(place.Api, $"recordings/{id}/cast"), out _);

        Joined(events, "o").ShouldBe("1:first\r\n2:second\r\n");
        Joined(events, "m").ShouldBeEmpty();
        (await installation.RunAsync("recording", "verify", id)).ShouldSucceed();
    }

    [Fact]
    public async Task AChangedACutAndAMissingRecording_AreFound()
    {
        await using var installation = await Installation.StartAsync();
        await using var place = await TerminalPlace.StartAsync(installation, "recording: on");
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var terminal = await place.CreateAsync("seq 1 20000; printf done");
            await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
            (await view.EndAsync()).ShouldBe(1000);
            ids.Add((string)(await place.Api.GetAsync($"terminals/{terminal}/recording"))["id"]!);
        }
        string FileOf(string id) => Path.Combine(installation.Home, "recordings", place.Id, $"{id}.rec");
        File.ReadAllBytes(FileOf(ids[0])).AsSpan().IndexOf("19999"u8).ShouldBe(-1);
        (File.GetUnixFileMode(FileOf(ids[0])) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe((UnixFileMode)0);
        (await installation.RunAsync("recording", "verify")).ShouldSucceed();

        var bytes = File.ReadAllBytes(FileOf(ids[0]));
        bytes[100] ^= 1;
        File.WriteAllBytes(FileOf(ids[0]), bytes);
        File.WriteAllBytes(FileOf(ids[1]), []);
        (await installation.RunAsync("recording", "rm", ids[3])).ShouldSucceed();
        await installation.EndServerAsync("TERM");
        File.Delete(FileOf(ids[2]));
        File.Delete(Path.ChangeExtension(FileOf(ids[2]), ".json"));
        await installation.ServeAsync();

        var verify = await installation.RunAsync("recording", "verify");

        verify.Code.ShouldBe(1);
        verify.Out.ShouldContain($"{ids[0]}  a piece was changed");
        verify.Out.ShouldContain($"{ids[1]}  it is not what the record of access says");
        verify.Out.ShouldContain($"{ids[2]}  it is gone, and nobody deleted it");
        verify.Out.ShouldNotContain(ids[3]);
    }

    [Fact]
    public async Task WhereRecordingIsRequired_AFullDisk_EndsTheTerminal_AndAllowsNoOther()
    {
        await using var disk = await SmallDisk.CreateAsync();
        disk.Home.Write("policies/required.md", "---\ndescription: Test\nrecording: required\n---\n");
        await using var session = Session.Start(
            disk.Home.Describe(
                "run",
                "--name",
                "full",
                "--policy",
                "required",
                "--rm",
                "--yes",
                "--",
                "sh",
                "-c",
                "echo ready; exec sleep 100000"
            )
        );
        await session.ReadUntilAsync("ready");
        using var api = new ServerApi(disk.Home.Path);
        var workspace = (string)(await api.GetAsync("sandboxes"))["items"]![0]!["id"]!;
        var terminal = await api.CreateTerminalAsync(workspace, "printf ready; read x; head -c 200000 /dev/urandom | base64; read x");
        await using var view = await TerminalView.AttachAsync(api, terminal, 0L);
        await view.UntilAsync("ready");

        await disk.FillAsync(0);
        await view.TypeAsync("\n");

        (await view.EndAsync()).ShouldBe(4000);
        ((string)view.Exit!["reason"]!).ShouldContain("recording: required");
        ((string)view.Exit["reason"]!).ShouldContain("No space left on device");
        var (status, problem) = await api.SendAsync(HttpMethod.Post, $"workspaces/{workspace}/terminals", new { });
        (status, (string)problem!["code"]!).ShouldBe((507, "recording_unavailable"));
        disk.Free();
        (await disk.Home.RunAsync("rm", "full")).ShouldSucceed();
    }

    [Fact]
    public async Task AnExport_PlaysInAsciinema_ToWhatTheTerminalShowed()
    {
        await using var place = await TerminalPlace.StartAsync(shared.Installation, "recording: on");
        var terminal = await place.CreateAsync(
            "stty -echo; for i in $(seq 40); do printf '\\033[3%dmline %d\\033[0m\\r\\n' $((i % 8)) $i; done; printf '\\033[3;5H\\033[7mhere\\033[m\\344\\270\\255'"
        );
        await using var view = await TerminalView.AttachAsync(place.Api, terminal, 0L);
        (await view.EndAsync()).ShouldBe(1000);
        var id = (string)(await place.Api.GetAsync($"terminals/{terminal}/recording"))["id"]!;
        var file = Path.Combine(shared.Installation.Home, "export.cast");

        (await shared.Installation.RunAsync("recording", "export", id, "--format", "v2", "-o", file)).ShouldSucceed();
        // The real command, of version 2.2: it prints what a terminal would be sent, and wants one of its own.
        var played = (await Command.RunAsync("script", "-qec", $"stty raw -echo; asciinema cat {file}", "/dev/null")).ShouldSucceed().Out;

        played.ShouldBe(view.Text);
    }

    internal static async Task<string> TextAsync(ServerApi api, string path)
    {
        using var response = await api.GetRawAsync(path);
        ((int)response.StatusCode).ShouldBe(200);
        return await response.Content.ReadAsStringAsync();
    }

    private static List<(double Time, string Code, string Data)> Events(string cast, out JsonNode head)
    {
        var lines = cast.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        head = lines[0];
        return [.. lines.Skip(1).Select(line => ((double)line[0]!, (string)line[1]!, (string)line[2]!))];
    }

    private static string Joined(IEnumerable<(double Time, string Code, string Data)> events, string code) =>
        string.Concat(events.Where(one => one.Code == code).Select(one => one.Data));
}
