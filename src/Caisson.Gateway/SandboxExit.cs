using System.Net.Sockets;
using Caisson.Credentials;
using Caisson.Credentials.Masking;
using Caisson.Detection.Findings;
using Caisson.Gateway.Connections;
using Caisson.Gateway.Fetches;
using Caisson.Gateway.Http;
using Caisson.Gateway.Scanning;
using Caisson.Gateway.Tls;
using Caisson.Gateway.Upstream;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Caisson.Gateway;

/// <summary>
/// The open exit of one sandbox. Whoever connects to its socket is that sandbox; nothing that is sent over it can say otherwise.
/// </summary>
public sealed class SandboxExit : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan AfterFault = TimeSpan.FromMilliseconds(50);

    private readonly Socket listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly HashSet<Socket> open = [];
    private readonly Action<SandboxExit> closed;
    private readonly TimeProvider time;
    private readonly Fingerprints fingerprints;
    private readonly IReadOnlyDictionary<string, Secret> canaries;
    private Task accepting = Task.CompletedTask;
    private volatile ExitState state;
    private volatile string policySummary;
    private volatile int expectedPeerPid;
    private volatile FetchSharing? sharing;

    internal SandboxExit(
        SandboxExitOptions options,
        UpstreamClients upstreams,
        Fingerprints fingerprints,
        TimeProvider time,
        Action<SandboxExit> closed
    )
    {
        SandboxId = options.SandboxId;
        SocketPath = options.SocketPath;
        expectedPeerPid = options.ExpectedPeerPid ?? 0;
        policySummary = options.PolicySummary;
        Renew = options.Renew;
        this.fingerprints = fingerprints;
        canaries = options.Canaries;
        state = new ExitState(options.Routes, options.Credentials, canaries, fingerprints, time);
        Upstreams = upstreams;
        Leaves = new LeafIssuer(options.Authority, time);
        this.closed = closed;
        this.time = time;
        listener = Bind(options);
    }

    public string SandboxId { get; }

    /// <summary>Where <c>caisson-init</c> connects to.</summary>
    public string SocketPath { get; }

    /// <summary>Whether it is closing, or closed: every socket of it may be gone.</summary>
    internal bool IsClosed => stopping.IsCancellationRequested;

    internal int? ExpectedPeerPid => expectedPeerPid is 0 ? null : expectedPeerPid;
    internal ExitState State => state;

    /// <summary>For the bodies that are looked through as a whole.</summary>
    internal BodyRoom Room { get; } = new();

    /// <summary>A text without the values of this sandbox's credentials.</summary>
    public string Mask(string text) => state.Mask(text);

    /// <summary>The values of this sandbox's credentials as they are at present, to be kept out of records.</summary>
    public KnownSecretMask Secrets => state.Secrets;

    /// <summary>Whether the last decision could not be recorded: nothing passes then.</summary>
    internal bool IsLogBroken { get; set; }

    internal string PolicySummary => policySummary;
    internal FetchSharing? Sharing => sharing;
    internal Func<string, TokenRenewal>? Renew { get; }
    internal LeafIssuer Leaves { get; }
    internal UpstreamClients Upstreams { get; }

    /// <summary>
    /// Puts other routes and credentials in force. Requests under way finish as they were decided; the next one on the same connection is decided
    /// anew.
    /// </summary>
    /// <param name="routes">All of them.</param>
    /// <param name="credentials">All of them.</param>
    /// <param name="summary">What <c>/v1/policy</c> shows from now on; null leaves it.</param>
    public void Replace(RouteTable routes, ISandboxCredentials credentials, string? summary = null)
    {
        state = new ExitState(routes, credentials, canaries, fingerprints, time);
        _ = LearnSecretsAsync(CancellationToken.None);
        policySummary = summary ?? policySummary;
        Upstreams.ForgetRoutes();
    }

    /// <summary>Closes the socket, removes it, and resets every connection: nothing leaves any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        lock (gate)
        {
            foreach (var socket in open)
                socket.Dispose();
            open.Clear();
        }
        File.Delete(SocketPath);
        Leaves.Dispose();
        Upstreams.Dispose();
        closed(this);
        stopping.Dispose();
    }

    /// <summary>
    /// Until the result is disposed, identical reads by git of this sandbox and of others that share are fetched from outside once. Each is decided,
    /// gets its credential and is recorded as ever; who has another credential, or none, shares with nobody who has this one.
    /// </summary>
    /// <param name="asked">When somebody asked for what is fetched: no answer is older.</param>
    public FetchSharing ShareFetches(DateTimeOffset asked)
    {
        var made = new FetchSharing(asked, ended => Interlocked.CompareExchange(ref sharing, null, ended));
        sharing = made;
        return made;
    }

    /// <summary>From now on only this process may connect: the sandbox's PID 1, which exists only after the socket does.</summary>
    /// <param name="pid">As this process sees it.</param>
    public void ExpectPeer(int pid) => expectedPeerPid = pid;

    internal Task LearnSecretsAsync(CancellationToken cancellation) => state.LearnSecretsAsync(cancellation);

    internal void Start(ConnectionRouter router, SocketConnectionContextFactory factory) => accepting = AcceptAsync(router, factory);

    private static Socket Bind(SandboxExitOptions options)
    {
        File.Delete(options.SocketPath);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(options.SocketPath));
            // Nobody can connect before Listen, so there is no moment with a wider mode.
            File.SetUnixFileMode(options.SocketPath, options.SocketMode);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(ConnectionRouter router, SocketConnectionContextFactory factory)
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stopping.Token);
            }
            catch (Exception e)
                when (stopping.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection that was gone before it was taken, or no descriptor left: the listener itself goes on, but not in a hot loop.
                await Task.Delay(AfterFault, time, CancellationToken.None);
                continue;
            }
            lock (gate)
                open.Add(socket);
            _ = RunAsync(router, socket, factory);
        }
    }

    private async Task RunAsync(ConnectionRouter router, Socket socket, SocketConnectionContextFactory factory)
    {
        await Task.Yield();
        await router.RunAsync(this, socket, factory, Forget);
    }

    private void Forget(Socket socket)
    {
        lock (gate)
            open.Remove(socket);
    }
}
