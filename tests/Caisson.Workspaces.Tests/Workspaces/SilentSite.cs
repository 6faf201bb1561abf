using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Caisson.Workspaces.Tests.Workspaces;

/// <summary>A host that takes connections and never answers: whoever asks it waits.</summary>
internal sealed class SilentSite : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<Socket> _asked = Channel.CreateUnbounded<Socket>();

    internal SilentSite()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when the next one waits here.</summary>
    internal async Task<Socket> AskedAsync() => await _asked.Reader.ReadAsync().AsTask().WaitAsync(ServiceLab.Patience);

    public void Dispose()
    {
        _listener.Stop();
        while (_asked.Reader.TryRead(out var socket))
            socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                await _asked.Writer.WriteAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
