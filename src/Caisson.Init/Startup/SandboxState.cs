using System.Globalization;
using System.Reflection;
using Caisson.Init.Dns;
using Caisson.Init.Events;
using Caisson.Init.Flows;
using Caisson.Init.Kernel;
using Caisson.Init.Processes;
using Caisson.Init.Protocol.Configuration;
using Caisson.Init.Protocol.Control;

namespace Caisson.Init.Startup;

/// <summary>What <c>info</c> reports.</summary>
internal sealed class SandboxState(
    InitConfig config,
    Reactor reactor,
    ProcessTable processes,
    FlowCounters flows,
    Resolver resolver,
    NamePool names
)
{
    private readonly long _started = reactor.Now;

    internal static string Version { get; } =
        typeof(SandboxState).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    internal InitInfo Describe() =>
        new()
        {
            Version = Version,
            SandboxId = config.SandboxId,
            UptimeMilliseconds = reactor.Now - _started,
            ResidentBytes = ResidentBytes(),
            Counters = new InitCounters
            {
                Flows = flows.Total,
                FlowsRefused = flows.Refused,
                FlowsOpen = flows.Open,
                BytesOut = flows.BytesOut,
                BytesIn = flows.BytesIn,
                DnsQueries = resolver.Queries,
                Names = names.Count,
                ProcessesStarted = processes.Started,
                Reaped = processes.Reaped,
            },
            Processes = [],
        };

    private static long ResidentBytes() =>
        ProcFiles.StatusValue("/proc/self/status", "VmRSS") is { } text
        && long.TryParse(text.Split(' ')[0], NumberStyles.None, null, out var kibibytes)
            ? kibibytes * 1024
            : 0;
}
