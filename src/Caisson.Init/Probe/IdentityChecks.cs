using System.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Probe;

namespace Caisson.Init.Probe;

/// <summary>Who the agent is, and what it cannot do to PID 1.</summary>
internal static unsafe class IdentityChecks
{
    private const string NoCapability = "0000000000000000";
    private const int OpenFiles = 7;
    private const int Processes = 6;

    internal static void Run(ProbeRequest request, List<ProbeCheck> checks)
    {
        var status = Encoding.UTF8.GetString(Libc.ReadAll("/proc/self/status") ?? []).Split('\n');
        Expect("user", "Uid", string.Join('\t', Enumerable.Repeat($"{request.UserId}", 4)));
        Expect("group", "Gid", string.Join('\t', Enumerable.Repeat($"{request.GroupId}", 4)));
        foreach (var set in (ReadOnlySpan<string>)["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        {
            Expect($"capabilities {set}", set, NoCapability);
        }

        Expect("no_new_privs", "NoNewPrivs", "1");
        Expect("seccomp", "Seccomp", "2");
        Limit("limit open_files", OpenFiles, request.OpenFiles);
        Limit("limit processes", Processes, request.Processes);
        checks.Add(FirstProcess());

        void Expect(string check, string field, string wanted)
        {
            var line = Array.Find(status, line => line.StartsWith($"{field}:\t", StringComparison.Ordinal));
            var found = line?[(field.Length + 2)..] ?? "missing";
            checks.Add(new ProbeCheck(check, found == wanted, found == wanted ? found : $"{found}; {wanted} was promised"));
        }

        void Limit(string check, int resource, long promised)
        {
            if (promised == 0)
            {
                return;
            }

            var limits = stackalloc ulong[2];
            var found = Libc.GetLimit(resource, limits) == 0 ? (long)limits[1] : -1;
            var ok = (long)limits[0] <= promised && found <= promised && found >= 0;
            checks.Add(new ProbeCheck(check, ok, ok ? $"{found}" : $"{found}; {promised} was promised"));
        }
    }

    private static ProbeCheck FirstProcess()
    {
        foreach (var name in (ReadOnlySpan<string>)["root", "environ", "mem", "cwd", "exe", "maps", "auxv", "fd/0", "fd/3"])
        {
            var descriptor = Libc.OpenRead($"/proc/1/{name}");
            if (descriptor >= 0)
            {
                _ = Libc.Close(descriptor);
                return new ProbeCheck("pid1", Ok: false, $"/proc/1/{name} can be opened");
            }
        }

        // The kernel lets the numbers of descriptors be listed; what they are must stay out of reach.
        Span<byte> target = stackalloc byte[64];
        foreach (var number in ProcFiles.Numbers("/proc/1/fd"))
        {
            if (ProcFiles.ReadLink($"/proc/1/fd/{number}", target) >= 0)
            {
                return new ProbeCheck("pid1", Ok: false, $"/proc/1/fd/{number} can be read");
            }
        }

        return Libc.Kill(1, 0) == 0
            ? new ProbeCheck("pid1", Ok: false, "signals can be sent to PID 1")
            : new ProbeCheck("pid1", Ok: true, "its files cannot be opened and it cannot be signalled");
    }
}
