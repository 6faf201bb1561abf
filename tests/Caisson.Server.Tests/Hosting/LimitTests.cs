using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Caisson.Server.Tests.Hosting;

/// <summary>Each limit of <c>docs/limits.md</c> that a request can meet: at the limit, and one more.</summary>
public sealed class LimitTests(LimitTests.Running running) : IClassFixture<LimitTests.Running>
{
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
