using System.Net;
using System.Net.Sockets;
using Caisson.Workspaces.Workspaces;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>What the limits do to a workspace that runs, and what is said of it.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private const string Hog = "python3 -c 'a=[]\nwhile True: a.append(bytearray(8<<20))'";
    private ServiceLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await ServiceLab.StartAsync();
        _lab.Write("templates/default.md", "---\nagents: []\nlimits: { memory: 256MiB, disk: 64MiB }\n---\n");
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task AKillForMemory_IsTold_TwoAreUnhealthy_AndTimeHeals()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.Service.LookAsync();

        await _lab.InsideAsync(workspace.Id, $"sleep 1000 >/dev/null 2>&1 & {Hog}; true");
        await _lab.LookUntilAsync(() => Now(workspace).Health.Count > 0);
        (Now(workspace).Health.Single().Code, State(workspace)).ShouldBe(("oom_recent", "degraded"));
        (await _lab.InsideAsync(workspace.Id, "pgrep -c sleep")).ShouldBe("1", "the biggest is killed, and it alone");

        await _lab.InsideAsync(workspace.Id, $"{Hog}; true");
        await _lab.LookUntilAsync(() => State(workspace) == "unhealthy");
        Now(workspace).Health.Single().Code.ShouldBe("oom_repeated");
        Now(workspace).Observed.ShouldBe(WorkspaceState.Running);

        _lab.Time.Advance(TimeSpan.FromMinutes(11));
        await _lab.LookUntilAsync(() => State(workspace) == "healthy");
    }

    [Fact]
    public async Task ADiskThatIsNearlyFull_IsTold_WithTheLargestFolders_UntilThereIsRoom()
    {
        var workspace = await _lab.RunningAsync("one");

        await _lab.InsideAsync(workspace.Id, "mkdir -p data/big; head -c 55M /dev/zero > data/big/file; head -c 100K /dev/zero > small");
        await _lab.LookUntilAsync(() => Now(workspace).Health.Count > 0);
        var finding = Now(workspace).Health.Single();
        (finding.Code, State(workspace)).ShouldBe(("disk_80", "degraded"));
        finding.Message.ShouldContain("of 64 MiB are used");
        finding.Message.ShouldContain("~/data/big 55 MiB");

        await _lab.InsideAsync(workspace.Id, "rm -r data");
        await _lab.LookUntilAsync(() => State(workspace) == "healthy");
    }

    [Fact]
    public async Task AnAppOfTheTemplate_IsAskedInside_AndToldAfterItsThreshold_UntilItAnswers()
    {
        // The same port on the host takes connections: whoever asked there would be seen.
        using var host = new TcpListener(IPAddress.Loopback, 0);
        host.Start();
        var port = ((IPEndPoint)host.LocalEndpoint).Port;
        var asked = host.AcceptSocketAsync();
        _lab.Write(
            "templates/apps.md",
            $$"""
            ---
            agents: []
            checks:
              app: { url: "http://127.0.0.1:{{port}}/health", threshold: 2, fix: Start the app. }
              vital: { url: "http://localhost:{{port}}/vital", threshold: 1, fails: unhealthy }
            ---

            """
        );
        var workspace = await _lab.RunningAsync("one", "apps");

        await _lab.LookUntilAsync(() => State(workspace) == "unhealthy");
        Now(workspace).Health.Single().Code.ShouldBe("vital_check_failed", "the other has failed once");
        Now(workspace).Health.Single().Message.ShouldBe($"vital: http://localhost:{port}/vital refused the connection.");

        await _lab.InsideAsync(
            workspace.Id,
            $$"""
            cat > app.py <<'END'
            from http.server import *
            class App(BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200 if self.path == '/vital' else int(open('/home/agent/status').read()))
                    self.end_headers()
                    self.wfile.write(b'x' * 1000000)
            HTTPServer(('127.0.0.1', {{port}}), App).serve_forever()
            END
            echo 500 > status
            setsid python3 app.py >/dev/null 2>&1 &
            until (exec 3<>/dev/tcp/127.0.0.1/{{port}}) 2>/dev/null; do :; done
            """
        );
        _lab.Time.Advance(TimeSpan.FromSeconds(31));
        await _lab.LookUntilAsync(() => State(workspace) == "degraded");
        var finding = Now(workspace).Health.Single();
        (finding.Code, finding.Fix).ShouldBe(("check_failed", "Start the app."));
        finding.Message.ShouldBe($"app: http://127.0.0.1:{port}/health answered 500.");

        await _lab.InsideAsync(workspace.Id, "echo 204 > status");
        _lab.Time.Advance(TimeSpan.FromSeconds(31));
        await _lab.LookUntilAsync(() => State(workspace) == "healthy");
        asked.IsCompletedSuccessfully.ShouldBeFalse("nobody asks outside of the sandbox");
    }

    [Fact]
    public async Task WithoutUse_ItStops_AfterAWarning_AndUseOrAWordPutsThatOff()
    {
        _lab.Write("templates/idle.md", "---\nagents: []\nidle: 60m\n---\n");
        var workspace = await _lab.RunningAsync("one", "idle");
        var terminal = await _lab.Services.Terminals.CreateAsync(
            _lab.Services.Terminals.Place(workspace.Id)!,
            new(null, null, null, 80, 24),
            CancellationToken.None
        );
        _lab.Service.Uses.StopsAt(Now(workspace))!.Value.ShouldBe(Now(workspace).LastUsed + TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

        _lab.Time.Advance(TimeSpan.FromMinutes(55));
        var before = _lab.Service.Events.Last;
        await _lab.Service.LookAsync();
        await _lab.Service.LookAsync();
        var warning = _lab.Service.Events.Since(before)!.Where(one => one.Type == "notice").ShouldHaveSingleItem();
        (warning.Workspace, warning.Data!.Contains("\"kind\":\"idle\"", StringComparison.Ordinal)).ShouldBe((workspace.Id, true));

        _lab.Service.Uses.LastTyped = _ => _lab.Time.GetUtcNow();
        _lab.Service.Uses.Of(Now(workspace)).Source.ShouldBe("input");
        var typed = _lab.Time.GetUtcNow();
        _lab.Service.Uses.LastTyped = _ => typed;
        _lab.Time.Advance(TimeSpan.FromMinutes(30));
        await _lab.Service.LookAsync();
        _lab.Runs(workspace.Id).ShouldBeTrue();

        _lab.Service.Extend(workspace.Id, TimeSpan.FromHours(4));
        _lab.Time.Advance(TimeSpan.FromHours(3));
        await _lab.Service.LookAsync();
        (_lab.Runs(workspace.Id), terminal.Record.Exit).ShouldBe((true, null));

        _lab.Time.Advance(TimeSpan.FromHours(2));
        await _lab.Service.LookAsync();
        var stopped = await _lab.WorkspaceAsync(workspace.Id, now => now.Observed == WorkspaceState.Stopped);
        (stopped.StopReason, stopped.Desired).ShouldBe(("idle", DesiredState.Stopped));
    }

    [Fact]
    public async Task AServerThatFollowsAnother_DoesNotKnowWhatWasTyped_AndStopsNothingForThat()
    {
        _lab.Write("templates/idle.md", "---\nagents: []\nidle: 60m\n---\n");
        var workspace = await _lab.RunningAsync("one", "idle");

        await _lab.Services.DisposeAsync();
        _lab.Time.Advance(TimeSpan.FromHours(5));
        await _lab.OpenAsync();
        await _lab.Service.LookAsync();

        _lab.Runs(workspace.Id).ShouldBeTrue();
        _lab.Service.Uses.StopsAt(Now(workspace))!.Value.ShouldBe(_lab.Time.GetUtcNow() + TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task ARequestFromInside_IsUse_AndWithoutALimitNothingStops()
    {
        var workspace = await _lab.RunningAsync("one");
        await _lab.InsideAsync(workspace.Id, "curl -s http://nowhere.example/ >/dev/null; true");

        _lab.Service.Uses.Of(Now(workspace) with { LastUsed = DateTimeOffset.UnixEpoch }).Source.ShouldBe("requests");
        _lab.Service.Uses.StopsAt(Now(workspace)).ShouldBeNull();
        _lab.Time.Advance(TimeSpan.FromDays(100));
        await _lab.Service.LookAsync();
        _lab.Runs(workspace.Id).ShouldBeTrue();
    }

    private WorkspaceRecord Now(WorkspaceRecord workspace) => _lab.Store.Find(workspace.Id)!;

    private string State(WorkspaceRecord workspace) => HealthFinding.StateOf(Now(workspace).Health);
}
