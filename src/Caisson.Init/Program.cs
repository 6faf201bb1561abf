using System.Text;
using Caisson.Init.Kernel;
using Caisson.Init.Launch;
using Caisson.Init.Probe;
using Caisson.Init.Startup;

return args switch
{
    ["pid1", var config, var ready] when int.TryParse(config, out var from) && int.TryParse(ready, out var to) => Pid1.Run(from, to),
    ["launch"] => Launcher.Run(),
    ["probe"] => Prober.Run(),
    ["version"] => Say(1, SandboxState.Version, 0),
    _ => Say(2, "usage: caisson-init pid1 CONFIG-FD READY-FD | probe | version", 64),
};

static unsafe int Say(int descriptor, string text, int code)
{
    var line = Encoding.UTF8.GetBytes(text + "\n");
    fixed (byte* bytes = line)
    {
        _ = Libc.Write(descriptor, bytes, line.Length);
    }

    return code;
}
