using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Caisson.Server.Tests.Hosting;

/// <summary>Each limit of <c>docs/limits.md</c> that a request can meet: at the limit, and one more.</summary>
public sealed class LimitTests(LimitTests.Running running) : IClassFixture<LimitTests.Running>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>One server for the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal RealServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RealServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [Theory]
    [InlineData(1 << 20, HttpStatusCode.UnprocessableEntity)]
    [InlineData((1 << 20) + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task ABody(int size, HttpStatusCode status)
    {
        const string Start = """{"name":"ci","scopes":["x"],"days":1""";
        using var client = running.Server.OverTcp(running.Server.Token);
        using var body = new StringContent(Start + new string(' ', size - Start.Length - 1) + "}", Encoding.UTF8, "application/json");
        (await client.PostAsync("/api/v1/me/tokens", body)).StatusCode.ShouldBe(status);
    }

    /// <summary>Without a Content-Length, and read as text by its endpoint.</summary>
    [Fact]
    public async Task ABodyThatDoesNotSayHowLongItIs()
    {
        using var client = running.Server.OverTcp(running.Server.Token);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/settings");
        request.Headers.TryAddWithoutValidation("If-Match", "\"0\"");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StringContent(new string(' ', (1 << 20) + 1), Encoding.UTF8, "application/json");
        (await client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData(8 * 1024, 401)]
    [InlineData((8 * 1024) + 1, 414)]
    public async Task ARequestLine(int size, int status)
    {
        const string Start = "GET /api/v1/me?";
        const string End = " HTTP/1.1\r\n";
        var line = Start + new string('x', size - Start.Length - End.Length) + End;
        (await StatusAsync($"{line}Host: localhost\r\nConnection: close\r\n\r\n")).ShouldBe(status);
    }

    [Theory]
    [InlineData(32 * 1024, 401)]
    [InlineData((32 * 1024) + 1, 431)]
    public async Task AllHeadersTogether(int size, int status)
    {
        const string Others = "Host: localhost\r\nConnection: close\r\n";
        const string Name = "X-Long: ";
        var header = Name + new string('x', size - Others.Length - Name.Length - 2) + "\r\n";
        (await StatusAsync($"GET /api/v1/me HTTP/1.1\r\n{Others}{header}\r\n")).ShouldBe(status);
    }

    [Theory]
    [InlineData(200, HttpStatusCode.OK)]
    [InlineData(201, HttpStatusCode.UnprocessableEntity)]
    public async Task APageOfAList(int items, HttpStatusCode status)
    {
        using var client = running.Server.OverSocket();
        foreach (var list in new[] { "workspaces", "users" })
            (await client.GetAsync($"/api/v1/{list}?limit={items}")).StatusCode.ShouldBe(status, list);
    }

    [Theory]
    [InlineData(2, HttpStatusCode.UnprocessableEntity)]
    [InlineData(3, HttpStatusCode.OK)]
    [InlineData(100, HttpStatusCode.OK)]
    [InlineData(101, HttpStatusCode.UnprocessableEntity)]
    public async Task WhatIsLookedForAmongPeople(int size, HttpStatusCode status)
    {
        using var client = running.Server.OverSocket();
        (await client.GetAsync($"/api/v1/users/lookup?q={new string('x', size)}")).StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData('x', 64 * 1024, HttpStatusCode.OK)]
    [InlineData('x', (64 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData('ä', 64 * 1024, HttpStatusCode.OK)]
    [InlineData('ä', (64 * 1024) + 2, HttpStatusCode.RequestEntityTooLarge)]
    public async Task SettingsOfAPerson_InBytes(char letter, int size, HttpStatusCode status)
    {
        using var client = running.Server.OverSocket();
        using var before = await client.GetAsync("/api/v1/me/settings");
        const string Around = """{"a":""}""";
        var text = $$"""{"a":"{{new string(letter, (size - Around.Length) / Encoding.UTF8.GetByteCount([letter]))}}"}""";
        Encoding.UTF8.GetByteCount(text).ShouldBe(size);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/me/settings");
        request.Headers.IfMatch.Add(before.Headers.ETag!);
        request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        (await client.SendAsync(request)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task HeadersThatTakeTooLong_EndTheConnection()
    {
        await using var server = await RealServer.StartAsync(new TemporaryHome(), "--listen", "127.0.0.1:0", "--limit-header-seconds", "1");
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long"u8.ToArray());
        using var limit = new CancellationTokenSource(Limit);
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync(limit.Token)).ShouldStartWith("HTTP/1.1 408 ");
    }

    /// <summary>Kestrel's default, which takes 5 s to be reached: here it is waited for.</summary>
    [Fact]
    public async Task ABodyThatStops_EndsTheConnection()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(running.Server.Address.Host, running.Server.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"PUT /api/v1/me/settings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {running.Server.Token}\r\nIf-Match: \"0\"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
            )
        );
        using var limit = new CancellationTokenSource(Limit);
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync(limit.Token)).ShouldStartWith("HTTP/1.1 408 ");
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_End_AndTheUnixSocketIsFree()
    {
        await using var server = await RealServer.StartAsync(new TemporaryHome(), "--listen", "127.0.0.1:0", "--limit-connections", "10");
        using var limit = new CancellationTokenSource(Limit);
        var open = new List<TcpClient>();
        for (var number = 0; number < 10; number++)
            open.Add((await LiveAsync(server, limit.Token)).ShouldNotBeNull());

        (await LiveAsync(server, limit.Token)).ShouldBeNull();

        (await server.OverSocket().GetStringAsync("/livez", limit.Token)).ShouldBe("ok\n");
        open[0].Dispose();
        TcpClient? next = null;
        // That one has gone is known to the server a moment later.
        while (next is null)
            next = await LiveAsync(server, limit.Token);
        foreach (var client in open.Append(next))
            client.Dispose();
    }

    /// <summary>A connection that was served and stays open; null when it was ended.</summary>
    private static async Task<TcpClient?> LiveAsync(RealServer server, CancellationToken cancellation)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Address.Host, server.Address.Port, cancellation);
            await client.GetStream().WriteAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), cancellation);
            var buffer = new byte[1024];
            if (await client.GetStream().ReadAsync(buffer, cancellation) > 0)
                return client;
        }
        catch (IOException)
        {
            // Ended with what had been sent unread.
        }
        client.Dispose();
        return null;
    }

    private async Task<int> StatusAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(running.Server.Address.Host, running.Server.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return int.Parse((await reader.ReadLineAsync())!.Split(' ')[1]);
    }
}
