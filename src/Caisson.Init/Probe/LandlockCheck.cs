using System.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Landlock;
using Caisson.Init.Protocol.Probe;
using Caisson.Init.Seccomp;

namespace Caisson.Init.Probe;

/// <summary>
/// Whether this process is in a Landlock domain, where the kernel has them. No call tells that, so the probe does what only a domain answers with
/// EACCES: it asks for a device node, for which the kernel without a domain would answer EPERM.
/// </summary>
internal static unsafe class LandlockCheck
{
    private const string Path = "/tmp/.caisson-probe";
    private const int CharacterDevice = 0x2000;
    private const int NullDevice = (1 << 8) | 3;

    internal static void Run(List<ProbeCheck> checks)
    {
        var version = WriteRules.Version();
        if (version < WriteRules.LeastVersion)
        {
            var what = version == 0 ? "the kernel has none" : $"the kernel's version {version} is not used";
            checks.Add(new ProbeCheck("landlock", Ok: true, what));
            return;
        }

        nint made;
        fixed (byte* path = Encoding.UTF8.GetBytes(Path + "\0"))
        {
            made = Libc.Syscall(AgentFilter.Calls.MakeNodeAt, -1, (nint)path, CharacterDevice | 0x180, NullDevice, 0);
        }

        var number = Libc.Errno;
        if (made == 0)
        {
            _ = Libc.Unlink(Path);
        }

        var ok = made < 0 && number == Errno.Denied;
        checks.Add(
            new ProbeCheck(
                "landlock",
                ok,
                ok
                    ? $"version {version}"
                    : $"not in a domain, which the kernel's version {version} could give: {(made == 0 ? "a device node was made" : Errno.Text(number))}"
            )
        );
    }
}
