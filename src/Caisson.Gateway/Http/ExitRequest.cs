using Caisson.Gateway.Connections;
using Caisson.Gateway.Scanning;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>One request on its way through the steps. Each step adds its result; none looks back.</summary>
internal sealed class ExitRequest(HttpContext context, ExitConnection flow, ExitState state, long started)
{
    private OutgoingScanner? scanner;

    public HttpContext Context => context;
    public ExitConnection Flow => flow;

    /// <summary>Routes and credentials as they were when the request came, also if they are replaced meanwhile.</summary>
    public ExitState State => state;

    public long Started => started;

    /// <summary>Set by step 2.</summary>
    public RequestFacts Facts { get; set; } = null!;

    /// <summary>Set by step 3; a later step may replace an allow with a denial.</summary>
    public Decision Decision { get; set; } = null!;

    /// <summary>What is looked for in it, as it was when that began.</summary>
    public OutgoingScanner Scanner => scanner ??= state.Scanner;

    /// <summary>Set by step 4: how the body is encoded, so that it can be looked through. Null: there is none.</summary>
    public IReadOnlyList<ContentCoding>? BodyEncodings { get; set; }

    /// <summary>Set by step 4 where the body was looked through as a whole: what leaves in its place.</summary>
    public byte[]? WholeBody { get; set; }

    /// <summary>Added by step 4, and while the body streams.</summary>
    public List<ScanHit> Hits { get; } = [];

    /// <summary>Set while a body or a WebSocket is under way: why it was ended, whatever became of the connection then.</summary>
    public Decision? Refusal { get; set; }

    /// <summary>Set by step 5, or null where nothing is injected.</summary>
    public Injection? Injection { get; set; }

    /// <summary>Whether the program did not wait for the end of its answer.</summary>
    public bool ClientLeft { get; set; }

    /// <summary>Memory that its body takes as a whole, in bytes.</summary>
    private long held;

    /// <summary>Counts memory for the sandbox until <see cref="LetGo"/>; false where it has had its share.</summary>
    public bool TryHold(long bytes)
    {
        if (!flow.Exit.Room.TryTake(bytes))
            return false;
        held += bytes;
        return true;
    }

    /// <summary>Called once, when the request is over.</summary>
    public void LetGo() => flow.Exit.Room.Give(held);

    public long RequestBytes { get; set; }
    public long ResponseBytes { get; set; }
}
