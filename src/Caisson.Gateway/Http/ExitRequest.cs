using Caisson.Gateway.Connections;
using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Http;

/// <summary>One request on its way through the steps. Each step adds its result; none looks back.</summary>
internal sealed class ExitRequest(HttpContext context, ExitConnection flow, ExitState state, long started)
{
    public HttpContext Context => context;
    public ExitConnection Flow => flow;

    /// <summary>Routes and credentials as they were when the request came, also if they are replaced meanwhile.</summary>
    public ExitState State => state;

    public long Started => started;

    /// <summary>Set by step 2.</summary>
    public RequestFacts Facts { get; set; } = null!;

    /// <summary>Set by step 3; a later step may replace an allow with a denial.</summary>
    public Decision Decision { get; set; } = null!;

    /// <summary>Set by step 5, or null where nothing is injected.</summary>
    public Injection? Injection { get; set; }

    /// <summary>Whether the program did not wait for the end of its answer.</summary>
    public bool ClientLeft { get; set; }

    public long RequestBytes { get; set; }
    public long ResponseBytes { get; set; }
}
