using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Caisson.Server.Tests.Hosting;

/// <summary>Signals to the real server.</summary>
public sealed class SignalTests
{
    /// <summary>What the request that hangs says that it sends.</summary>
    private const int Body = 1_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Term_EndsWithZero_AlsoWithAListenerThatStays_AndSaysWhy()
    {
        await using var server = await RealServer.StartAsync();
        using var client = server.OverSocket();
        using var limit = new CancellationTokenSource(Limit);
        using var events = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(limit.Token));
        (await reader.ReadLineAsync(limit.Token)).ShouldBe(": ");

        await server.SignalAsync("TERM");

        (await reader.ReadToEndAsync(limit.Token)).ShouldContain("\"kind\":\"restart\"");
        (await server.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task ARequestThatHangs_HoldsTheStopNoLongerThanItsLimit()
    {
        await using var server = await RealServer.StartAsync(new TemporaryHome(), "--listen", "127.0.0.1:0", "--stop-seconds", "10");
        using var hanging = await HangAsync(server);
        var sending = SendSlowlyAsync(hanging);

        await server.SignalAsync("TERM");

        // Past the limit of the whole stop it would be another: the process would have ended itself.
        (await server.EndAsync()).ShouldBe(0);
        (await sending).ShouldBeLessThan(Body, "it was cut, not finished");
    }

    [Fact]
    public async Task ASecondSignal_EndsAtOnce_AndTheNextServerStarts()
    {
        await using var server = await RealServer.StartAsync(new TemporaryHome(), "--listen", "127.0.0.1:0", "--stop-seconds", "600");
        using var client = server.OverSocket();
        using var hanging = await HangAsync(server);

        await server.SignalAsync("TERM");
        await server.UnreadyAsync(client);
        await server.SignalAsync("TERM");

        (await server.EndAsync()).ShouldBe(137);
        (await File.ReadAllTextAsync(server.Home.File("logs/server.log"))).ShouldContain("a second signal came");
        await using var next = await RealServer.StartAsync(server.Home);
        (await next.OverSocket().GetStringAsync("/readyz")).ShouldBe("ok\n");
    }

    /// <summary>A request that has begun and whose body never ends.</summary>
    private static async Task<TcpClient> HangAsync(RealServer server)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Address.Host, server.Address.Port);
        await tcp.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"PUT /api/v1/me/settings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.Token}\r\nIf-Match: \"0\"\r\nContent-Type: application/json\r\nContent-Length: {Body}\r\nExpect: 100-continue\r\n\r\n"
                )
            );
        using var reader = new StreamReader(tcp.GetStream(), leaveOpen: true);
        // It reads: so it has begun.
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 100 Continue");
        return tcp;
    }

    /// <summary>Fast enough not to be cut for that alone (Kestrel: 240 bytes a second). Returns how many bytes there were when the connection ended.</summary>
    private static async Task<int> SendSlowlyAsync(TcpClient client)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var sent = 0;
        try
        {
            for (; sent < Body; sent += 1024)
            {
                await client.GetStream().WriteAsync(new byte[1024]);
                await pace.WaitForNextTickAsync();
            }
        }
        catch (IOException)
        {
            // The server has cut it.
        }
        return sent;
    }

    [Fact]
    public async Task Hup_ReadsTheConfigurationAgain_AndABadOneChangesNothing()
    {
        using var home = new TemporaryHome();
        home.With("log: { level: warning }\n");
        await using var server = await RealServer.StartAsync(home);
        using var client = server.OverSocket();
        using var limit = new CancellationTokenSource(Limit);
        using var events = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(limit.Token));
        (await reader.ReadLineAsync(limit.Token)).ShouldBe(": ");

        home.With("log: { level: debug }\nauth: { default_role: none }\n");
        await server.SignalAsync("HUP");
        var good = await NoticeAsync();
        good["applied"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldBe("log.level");
        good["needRestart"]!.AsArray().ShouldHaveSingleItem()!.ToString().ShouldBe("auth.default_role");
        (await client.GetStringAsync("/api/v1/health")).ShouldContain("configuration.restart");

        home.With("log: { level: loud }\n");
        await server.SignalAsync("HUP");
        (await NoticeAsync())["errors"]!.GetValue<int>().ShouldBe(1);
        var health = await client.GetStringAsync("/api/v1/health");
        health.ShouldContain("configuration.refused");
        using var bad = await client.PostAsync("/api/v1/configuration/reload", null);
        ((int)bad.StatusCode).ShouldBe(422);
        (await bad.Content.ReadAsStringAsync()).ShouldContain("log.level");

        home.With("log: { level: debug }\n");
        using var again = await client.PostAsync("/api/v1/configuration/reload", null);
        (await again.Content.ReadAsStringAsync()).ShouldBe("""{"applied":[],"needRestart":[]}""");
        (await client.GetStringAsync("/api/v1/health")).ShouldContain("configuration.read");

        async Task<JsonNode> NoticeAsync()
        {
            while (await reader.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains("configuration", StringComparison.Ordinal))
                    return JsonNode.Parse(line[6..])!["object"]!;
            }
            throw new InvalidOperationException("The stream ended.");
        }
    }
}
