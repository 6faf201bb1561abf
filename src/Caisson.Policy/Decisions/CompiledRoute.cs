using Caisson.Policy.Hosts;

namespace Caisson.Policy.Decisions;

/// <summary>A route, ready to be asked.</summary>
internal sealed class CompiledRoute
{
    public CompiledRoute(Route source, int index)
    {
        Source = source;
        if (!HostPattern.TryParse(source.Host, out var pattern, out var problem))
            throw new ArgumentException($"the host {source.Host} {problem}", nameof(source));
        Pattern = pattern;
        var label = source.Label ?? $"routes[{index}]";
        Label = $"{label} ({source.Origin})";
        Match = [.. source.Match.Select((rule, at) => new CompiledRule(rule, $"{label}.match[{at}] ({rule.Origin})"))];
        Deny = [.. source.Deny.Select((rule, at) => new CompiledRule(rule, $"{label}.deny[{at}] ({rule.Origin})"))];
    }

    public Route Source { get; }

    public HostPattern Pattern { get; }

    /// <summary>For people: <c>routes[2] (base.md:14)</c>.</summary>
    public string Label { get; }

    public CompiledRule[] Match { get; }

    public CompiledRule[] Deny { get; }

    public bool Covers(int port)
    {
        foreach (var listed in Source.Ports)
        {
            if (listed == port)
                return true;
        }
        return false;
    }

    /// <summary>Whether requests of the protocol are decided by this route. HTTP routes also carry WebSockets and gRPC, which are HTTP.</summary>
    public bool Carries(RequestProtocol protocol) =>
        Source.Protocol switch
        {
            RouteProtocol.WebSocket => protocol == RequestProtocol.WebSocket,
            RouteProtocol.Grpc => protocol == RequestProtocol.Grpc,
            RouteProtocol.Tcp => protocol == RequestProtocol.Tcp,
            RouteProtocol.Ssh => protocol == RequestProtocol.Ssh,
            _ => protocol is RequestProtocol.Http or RequestProtocol.WebSocket or RequestProtocol.Grpc,
        };

    /// <summary>Bytes of this route are relayed unread.</summary>
    public bool IsOpaque => Source.Protocol is RouteProtocol.Tcp or RouteProtocol.Ssh;
}
