using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Caisson.Bench.Start;

namespace Caisson.Bench.Terminal.Flow;

/// <summary>Debian's python3-terminado on tornado: the terminals of Jupyter, without a sandbox, a screen model or offsets.</summary>
internal sealed class TerminadoPeer : IPeer
{
    private readonly int _port;
    private readonly Supervised _process;
    private int _count;

    private TerminadoPeer(int port, Supervised process) => (_port, _process) = (port, process);

    public string Name => "terminado";

    internal static async Task<TerminadoPeer> StartAsync(int port)
    {
        var start = new ProcessStartInfo("/usr/bin/python3");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Flow/terminado_server.py"));
        start.ArgumentList.Add(port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var process = await Supervised.StartAsync(start, home: null);
        return await process.Output.ReadLineAsync() == "listening"
            ? new TerminadoPeer(port, process)
            : throw new InvalidOperationException("terminado did not start");
    }

    public async Task<IView> OpenAsync(string script)
    {
        var socket = new ClientWebSocket();
        var address = $"ws://127.0.0.1:{_port}/ws/t{_count++}?command={Uri.EscapeDataString(script)}";
        await socket.ConnectAsync(new Uri(address), CancellationToken.None);
        return new View(socket);
    }

    /// <summary>It begins a terminal for a view only, and goes on reading it afterwards.</summary>
    public async Task StartAsync(string script)
    {
        var view = (View)await OpenAsync(script);
        await view.ReadAsync();
        await view.CloseAsync();
    }

    public Task ClearAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private sealed class View(ClientWebSocket socket) : IView
    {
        private readonly byte[] _buffer = new byte[1 << 20];
        private byte[] _last = [];

        public ReadOnlySpan<byte> Last => _last;

        public async Task TypeAsync(byte key) =>
            await socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes<string[]>(["stdin", ((char)key).ToString()]).AsMemory(),
                WebSocketMessageType.Text,
                endOfMessage: true,
                CancellationToken.None
            );

        public async Task<int> ReadAsync()
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return 0;
                    length += part.Count;
                } while (!part.EndOfMessage);
                using var message = JsonDocument.Parse(_buffer.AsMemory(0, length));
                if (message.RootElement[0].GetString() != "stdout")
                    continue;
                _last = Encoding.UTF8.GetBytes(message.RootElement[1].GetString()!);
                return _last.Length;
            }
        }

        /// <summary>With a goodbye, so that it does not go on sending to nobody.</summary>
        internal async Task CloseAsync()
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            while (await ReadAsync() > 0) { }
            socket.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
