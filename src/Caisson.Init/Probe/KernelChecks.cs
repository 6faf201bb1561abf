using Caisson.Init.Kernel;
using Caisson.Init.Protocol.Probe;
using Caisson.Init.Seccomp;

namespace Caisson.Init.Probe;

/// <summary>What the kernel must refuse an agent.</summary>
internal static unsafe class KernelChecks
{
    private const int Alg = 38;
    private const int Packet = 17;
    private const int Vsock = 40;
    private const int NewUser = 0x10000000;

    internal static void Run(List<ProbeCheck> checks)
    {
        var calls = AgentFilter.Calls;
        Refused("unshare", Libc.Syscall(calls.Unshare, NewUser, 0, 0, 0, 0));
        foreach (var name in (ReadOnlySpan<string>)["mount", "bpf", "keyctl", "perf_event_open", "userfaultfd", "io_uring_setup"])
        {
            Refused(name, Libc.Syscall(calls.Denied[name], -1, 0, 0, 0, 0));
        }

        foreach (var (name, family) in (ReadOnlySpan<(string, int)>)[("AF_PACKET", Packet), ("AF_VSOCK", Vsock), ("AF_ALG", Alg)])
        {
            Refused(name, Libc.Socket(family, SocketNumbers.Raw, 0), Libc.Socket(family, SocketNumbers.Stream, 0));
        }

        Refused("netlink beyond routes", Libc.Socket(SocketNumbers.Netlink, SocketNumbers.Raw, 12));

        void Refused(string name, params ReadOnlySpan<nint> results)
        {
            var number = Libc.Errno;

            // EPERM is the filter's answer, EAFNOSUPPORT that for sockets. Another error would mean that the kernel itself looked at the call.
            var ok = number is Errno.NotPermitted or Errno.AddressFamilyUnsupported;
            foreach (var result in results)
            {
                ok &= result < 0;
            }

            checks.Add(
                new ProbeCheck($"refused {name}", ok, ok ? "refused by the filter" : $"not refused by the filter: {Errno.Text(number)}")
            );
        }
    }
}
