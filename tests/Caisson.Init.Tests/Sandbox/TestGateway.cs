using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Caisson.Init.Protocol.Exit;

namespace Caisson.Init.Tests.Sandbox;

/// <summary>Stands on the host's side of <c>exit.sock</c>: reads each header, then does what the test says.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Channel<ExitHeader> _headers = Channel.CreateUnbounded<ExitHeader>();
    private readonly Func<ExitHeader, Socket, Task> _answer;
    private readonly Task _accepting;

    internal TestGateway(string path, Func<ExitHeader, Socket, Task> answer)
    {
        _answer = answer;
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(512);
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        _accepting = AcceptAsync();
    }

    /// <summary>Answers every connection with a text and closes it.</summary>
    internal static TestGateway Saying(string path, string text) =>
        new(path, async (_, socket) => await socket.SendAsync(Encoding.UTF8.GetBytes(text)));

    /// <summary>Sends back what it gets until the program ends its side.</summary>
    internal static TestGateway Echoing(string path) =>
        new(
            path,
            async (_, socket) =>
            {
                var buffer = new byte[256 * 1024];
                int read;
                while ((read = await socket.ReceiveAsync(buffer)) > 0)
                {
                    for (var sent = 0; sent < read; )
                    {
                        sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent));
                    }
                }
            }
        );

    internal async Task<ExitHeader> NextAsync() => await _headers.Reader.ReadAsync().AsTask().WaitAsync(TestSandbox.Patience);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var bytes = new byte[ExitHeader.MaximumLength];
        var length = 0;
        ExitHeader? header = null;
        try
        {
            // One byte at a time: a header never takes what belongs to the connection, and tests need no speed.
            while (header is null)
            {
                if (await socket.ReceiveAsync(bytes.AsMemory(length, 1)) == 0)
                {
                    return;
                }

                if (ExitHeader.IsLiveness(bytes.AsSpan(0, length + 1)))
                {
                    return;
                }

                ExitHeader.TryRead(bytes.AsSpan(0, ++length), out header, out var consumed).ShouldNotBe(ExitHeaderResult.Malformed);
            }

            _headers.Writer.TryWrite(header);
            await _answer(header, socket);
        }
        catch (SocketException)
        {
            // The program went away; its test looks at its own end.
        }
    }
}
