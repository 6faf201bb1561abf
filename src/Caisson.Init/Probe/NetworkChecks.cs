using System.Diagnostics;
using System.Net;
using System.Text;
using Caisson.Init.Dns;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Probe;

namespace Caisson.Init.Probe;

/// <summary>
/// Tries to leave. With nothing but <c>lo</c>, a connection that comes about can only be our own gateway's; it must behave like that, too.
/// </summary>
internal sealed unsafe class NetworkChecks(ProbeRequest request) : IDisposable
{
    private const string Decision = "x-caisson-decision";
    private readonly List<NetworkAttempt> _attempts = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _datagrams = -1;

    /// <summary>Starts all attempts, and checks what needs no waiting.</summary>
    internal void Begin(List<ProbeCheck> checks)
    {
        Connect("connect 1.1.1.1:443", "1.1.1.1", 443, ClientHello.Build());
        Connect("connect 169.254.169.254:80", "169.254.169.254", 80, Get("169.254.169.254", "/"));
        // In clear: one certificate that the gateway has to make is enough to show that TLS ends there.
        Connect("connect [2606:4700:4700::1111]:80", "2606:4700:4700::1111", 80, Get("[2606:4700:4700::1111]", "/"));
        checks.Add(Interfaces());
        SendDatagram(checks);
        if (request.Gateway)
        {
            if (Resolve("caisson.internal") is { } gateway)
            {
                Connect("gateway", gateway, 80, Get("caisson.internal", "/v1/whoami"));
            }
            else
            {
                checks.Add(new ProbeCheck("gateway", Ok: false, "the resolver on 127.0.0.1 does not answer for caisson.internal"));
            }
        }
    }

    /// <summary>Waits for the attempts' ends and judges them.</summary>
    internal void End(List<ProbeCheck> checks)
    {
        var polled = stackalloc PollEntry[_attempts.Count];
        while (_attempts.Exists(static attempt => !attempt.IsOver) && Left() > 0)
        {
            var waiting = _attempts.FindAll(static attempt => !attempt.IsOver);
            for (var i = 0; i < waiting.Count; i++)
            {
                polled[i] = new PollEntry { Descriptor = waiting[i].Socket, Events = waiting[i].Awaited };
            }

            if (Libc.Poll(polled, (nuint)waiting.Count, Left()) <= 0)
            {
                continue;
            }

            for (var i = 0; i < waiting.Count; i++)
            {
                if (polled[i].Returned != 0)
                {
                    waiting[i].Advance(IsEnough);
                }
            }
        }

        foreach (var attempt in _attempts)
        {
            checks.Add(Judge(attempt));
        }
    }

    public void Dispose()
    {
        foreach (var attempt in _attempts)
        {
            attempt.Dispose();
        }

        if (_datagrams >= 0)
        {
            _ = Libc.Close(_datagrams);
        }
    }

    private static byte[] Get(string host, string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: caisson-probe\r\n\r\n");

    private static ProbeCheck Interfaces()
    {
        var names = new List<string>();
        foreach (var line in Encoding.UTF8.GetString(Libc.ReadAll("/proc/net/dev") ?? []).Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && !line.Contains('|'))
            {
                names.Add(line[..colon].Trim());
            }
        }

        return new ProbeCheck("interfaces", names is ["lo"], names.Count == 0 ? "/proc/net/dev cannot be read" : string.Join(' ', names));
    }

    private static bool IsEnough(NetworkAttempt attempt) =>
        attempt.Name == "gateway" || attempt.Name.EndsWith(":80", StringComparison.Ordinal)
            ? attempt.AnswerText.Contains("\r\n\r\n", StringComparison.Ordinal) && attempt.Name != "gateway"
            : attempt.Answer.Length >= 6;

    private ProbeCheck Judge(NetworkAttempt attempt)
    {
        if (!attempt.IsOver)
        {
            return new ProbeCheck(attempt.Name, Ok: false, $"{ProbeCheck.Undecided} after {request.TimeoutMilliseconds} ms");
        }

        if (attempt.Name == "gateway")
        {
            var answer = attempt.AnswerText;
            var ok =
                answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
                && answer.Contains($"\"{request.SandboxId}\"", StringComparison.Ordinal);
            var line = answer.Split("\r\n")[0];
            return new ProbeCheck(
                attempt.Name,
                ok,
                ok ? $"answers as {request.SandboxId}"
                    : answer.Length > 0 ? $"answered \"{line}\" without this sandbox's id"
                    : $"no answer: {Errno.Text(attempt.Error)}"
            );
        }

        return attempt.Answer.IsEmpty
            ? new ProbeCheck(attempt.Name, Ok: true, attempt.Error == 0 ? "closed" : Errno.Text(attempt.Error))
            : JudgeAnswer(attempt);
    }

    private static ProbeCheck JudgeAnswer(NetworkAttempt attempt)
    {
        if (attempt.Name.EndsWith(":80", StringComparison.Ordinal))
        {
            var head = attempt.AnswerText.Split("\r\n\r\n")[0];
            var ok =
                head.StartsWith("HTTP/1.1 403", StringComparison.Ordinal) && head.Contains(Decision, StringComparison.OrdinalIgnoreCase);
            return new ProbeCheck(attempt.Name, ok, ok ? "the gateway's refusal" : $"answered \"{head.Split("\r\n")[0]}\"");
        }

        // Handshake (0x16) or alert (0x15): only the gateway can have sent it, over the one relay there is.
        return attempt.Answer[0] switch
        {
            0x16 => new ProbeCheck(attempt.Name, Ok: true, "the gateway's TLS handshake"),
            0x15 => new ProbeCheck(attempt.Name, Ok: true, "the gateway's TLS alert"),
            _ => new ProbeCheck(attempt.Name, Ok: false, "answered, and not in TLS"),
        };
    }

    private void Connect(string name, string address, ushort port, byte[] request)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = IPAddress.Parse(address).TryWriteBytes(bytes, out var length);
        _attempts.Add(new NetworkAttempt(name, bytes[..length], port, request));
    }

    private void SendDatagram(List<ProbeCheck> checks)
    {
        const string Name = "udp 8.8.8.8:53";
        _datagrams = Libc.Socket(
            SocketNumbers.InternetV4,
            SocketNumbers.Datagram | SocketNumbers.CloseOnExec | SocketNumbers.NonBlocking,
            0
        );
        Span<byte> raw = stackalloc byte[InternetSocket.AddressSize];
        var length = InternetSocket.Write(raw, [8, 8, 8, 8], 53);
        byte nothing = 0;
        fixed (byte* bytes = raw)
        {
            var sent = Libc.SendTo(_datagrams, &nothing, 1, 0, bytes, length);
            var number = Libc.Errno;
            checks.Add(new ProbeCheck(Name, sent < 0, sent < 0 ? Errno.Text(number) : "a datagram was accepted"));
        }
    }

    /// <summary>Asks the resolver inside for an address, as every program does.</summary>
    private string? Resolve(string name)
    {
        var socket = Libc.Socket(SocketNumbers.InternetV4, SocketNumbers.Datagram | SocketNumbers.CloseOnExec, 0);
        using var query = new MemoryStream();
        query.Write([0x43, 0x41, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        foreach (var label in name.Split('.'))
        {
            query.WriteByte((byte)label.Length);
            query.Write(Encoding.ASCII.GetBytes(label));
        }

        query.Write([0, 0, (byte)DnsTypes.A, 0, 1]);
        var packet = query.ToArray();
        var answer = stackalloc byte[DnsAnswer.Size];
        Span<byte> raw = stackalloc byte[InternetSocket.AddressSize];
        var length = InternetSocket.Write(raw, [127, 0, 0, 1], DnsServer.Port);
        fixed (byte* bytes = packet)
        fixed (byte* address = raw)
        {
            _ = Libc.SendTo(socket, bytes, packet.Length, 0, address, length);
        }

        var polled = new PollEntry { Descriptor = socket, Events = 1 };
        var received = Libc.Poll(&polled, 1, Left()) > 0 ? (int)Libc.Receive(socket, answer, DnsAnswer.Size, 0) : 0;
        _ = Libc.Close(socket);

        // Our resolver answers with the one record, whose last four bytes are the address.
        return received == packet.Length + 16 ? new IPAddress(new ReadOnlySpan<byte>(answer + received - 4, 4)).ToString() : null;
    }

    private int Left() => (int)Math.Max(0, request.TimeoutMilliseconds - Stopwatch.GetElapsedTime(_began).TotalMilliseconds);
}
