using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Caisson.Cli.Access;

/// <summary>Waits on 127.0.0.1 for the one request with which the browser brings the approval back (RFC 8252, 7.3).</summary>
internal sealed class LoopbackListener : IDisposable
{
    private const int LongestRequest = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    internal LoopbackListener() => _listener.Start();

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests with another state, and whatever else talks to this port, are answered and passed over.</summary>
    /// <returns>The code; null when the person has refused.</returns>
    internal async Task<string?> CodeAsync(string state, CancellationToken cancellation)
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(cancellation);
            await using var stream = client.GetStream();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            try
            {
                var query = await QueryAsync(stream, limit.Token);
                var ours = query is not null && query.GetValueOrDefault("state") == state;
                await AnswerAsync(
                    stream,
                    ours ? "200 OK" : "404 Not Found",
                    !ours ? "There is nothing here."
                        : query!.ContainsKey("code") ? "The command line is signed in. You can close this page."
                        : "The login was refused. You can close this page.",
                    limit.Token
                );
                if (ours)
                    return query!.GetValueOrDefault("code");
            }
            catch (Exception exception)
                when (exception is IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                // Somebody who connects and says nothing; the browser is still to come.
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <returns>Null: not a request for the root.</returns>
    private static async Task<Dictionary<string, string>?> QueryAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var buffer = new byte[LongestRequest];
        var length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                break;
            length += read;
        }
        var line = Encoding.ASCII.GetString(buffer, 0, Math.Max(0, buffer.AsSpan(0, length).IndexOf((byte)'\r')));
        if (line.Split(' ') is not ["GET", ['/', '?', .. var query], _])
            return null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&'))
        {
            var name = pair.Split('=', 2);
            fields.TryAdd(name[0], name.Length > 1 ? Uri.UnescapeDataString(name[1]) : "");
        }
        return fields;
    }

    private static async Task AnswerAsync(NetworkStream stream, string status, string text, CancellationToken cancellation)
    {
        var page = $"<!doctype html><meta charset=\"utf-8\"><title>Caisson</title><p>{text}</p>";
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(page)}\r\n"
                    + "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
                    + page
            ),
            cancellation
        );
    }
}
