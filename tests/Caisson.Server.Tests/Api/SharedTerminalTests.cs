using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Caisson.Identity.Subjects;
using Caisson.Terminals.Wire;

namespace Caisson.Server.Tests.Api;

/// <summary>A right that is taken away counts at once, also for what is open.</summary>
public sealed class SharedTerminalTests
{
    private const int Longest = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly byte[] TypedEcho = [(byte)Opcode.Input, .. new byte[8], .. "raised\n"u8];

    [Fact]
    public async Task WhoMayOnlyLookFromNowOn_CanNotGoOnTyping_WhoMayAgain_Can_AndWhoMayNothing_IsSentAway()
    {
        await using var lab = await ServerLab.StartAsync();
        var workspace = await lab.RunningWorkspaceAsync(lab.Identity.Users.FindByAddress("local")!, "shared");
        var terminal = await lab.TerminalAsync(workspace);
        var guest = lab.Person("guest@example.com");
        using var owner = lab.Local();
        await ShareAsync(owner, workspace.Id, guest, "collaborator");
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await AttachAsync(lab, guest, terminal.Id, limit.Token);
        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"write\"");

        await ShareAsync(owner, workspace.Id, guest, "viewer");

        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"view\"");
        byte[] key = [(byte)Opcode.Input, .. new byte[8], (byte)'x'];
        await socket.SendAsync(key, WebSocketMessageType.Binary, true, limit.Token);
        (await UntilAsync(socket, "read_only", limit.Token)).ShouldContain("read_only");

        await ShareAsync(owner, workspace.Id, guest, "collaborator");

        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"write\"");
        await socket.SendAsync(TypedEcho, WebSocketMessageType.Binary, true, limit.Token);
        await UntilAsync(socket, "raised", limit.Token);

        (await owner.DeleteAsync($"/api/v1/workspaces/{workspace.Id}/shares/{guest.Id}", limit.Token)).EnsureSuccessStatusCode();

        await Should.ThrowAsync<InvalidOperationException>(() => UntilAsync(socket, "never said", limit.Token));
        ((int?)socket.CloseStatus).ShouldBe(4403);
    }

    [Fact]
    public async Task WhoMayTypeFromNowOn_Can_InTheViewThatIsOpen_AfterAShareOrARoleIsRaised()
    {
        await using var lab = await ServerLab.StartAsync();
        var workspace = await lab.RunningWorkspaceAsync(lab.Identity.Users.FindByAddress("local")!, "upward");
        var terminal = await lab.TerminalAsync(workspace);
        var guest = lab.Person("guest@example.com");
        using var owner = lab.Local();
        await ShareAsync(owner, workspace.Id, guest, "viewer");
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await AttachAsync(lab, guest, terminal.Id, limit.Token);
        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"view\"");

        await ShareAsync(owner, workspace.Id, guest, "collaborator");

        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"write\"");
        await socket.SendAsync(TypedEcho, WebSocketMessageType.Binary, true, limit.Token);
        await UntilAsync(socket, "raised", limit.Token);

        await ShareAsync(owner, workspace.Id, guest, "viewer");
        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"view\"");
        (
            await owner.PatchAsJsonAsync($"/api/v1/users/{guest.Id}", new { roles = new[] { "admin" } }, limit.Token)
        ).EnsureSuccessStatusCode();
        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"write\"");
    }

    [Fact]
    public async Task TheLongestFrame_IsTaken_AndAByteMoreClosesTheView()
    {
        await using var lab = await ServerLab.StartAsync();
        var workspace = await lab.RunningWorkspaceAsync(lab.Identity.Users.FindByAddress("local")!, "frames");
        var terminal = await lab.TerminalAsync(workspace);
        var guest = lab.Person("guest@example.com");
        using var owner = lab.Local();
        await ShareAsync(owner, workspace.Id, guest, "collaborator");
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await AttachAsync(lab, guest, terminal.Id, limit.Token);
        (await UntilAsync(socket, "\"mode\":", limit.Token)).ShouldContain("\"mode\":\"write\"");

        byte[] start = [(byte)Opcode.Input, .. new byte[8]];
        var end = "END\n"u8.ToArray();
        byte[] longest = [.. start, .. Enumerable.Repeat((byte)'\n', Longest - start.Length - end.Length), .. end];
        longest.Length.ShouldBe(Longest);
        await socket.SendAsync(longest, WebSocketMessageType.Binary, true, limit.Token);
        await UntilAsync(socket, "END", limit.Token);

        await socket.SendAsync(new byte[Longest + 1], WebSocketMessageType.Binary, true, limit.Token);
        await Should.ThrowAsync<InvalidOperationException>(() => UntilAsync(socket, "never said", limit.Token));
        ((int?)socket.CloseStatus).ShouldBe(1009);
    }

    private static async Task ShareAsync(HttpClient owner, string workspace, User guest, string right) =>
        (await owner.PutAsJsonAsync($"/api/v1/workspaces/{workspace}/shares/{guest.Id}", new { right })).EnsureSuccessStatusCode();

    private static async Task<ClientWebSocket> AttachAsync(ServerLab lab, User guest, string terminal, CancellationToken cancellation)
    {
        var (_, token) = lab.Identity.Tokens.Create(guest.Id, "lab", ["terminals:write", "workspaces:read"], TimeSpan.FromDays(1));
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("caisson.terminal.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new Uri($"ws://{lab.Address.Authority}/api/v1/terminals/{terminal}/ws"), cancellation);
        byte[] attach = [(byte)Opcode.Attach, .. """{"version":1,"from":"live","viewer":"00000000000000000000000000000001"}"""u8];
        await socket.SendAsync(attach, WebSocketMessageType.Binary, true, cancellation);
        return socket;
    }

    /// <summary>The next message that holds a text.</summary>
    /// <exception cref="InvalidOperationException">It was closed before.</exception>
    private static async Task<string> UntilAsync(ClientWebSocket socket, string text, CancellationToken cancellation)
    {
        var buffer = new byte[256 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += part.Count;
            } while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException($"closed: {socket.CloseStatus} {socket.CloseStatusDescription}");
            var message = Encoding.UTF8.GetString(buffer, 0, length);
            if (message.Contains(text, StringComparison.Ordinal))
                return message;
        }
    }
}
