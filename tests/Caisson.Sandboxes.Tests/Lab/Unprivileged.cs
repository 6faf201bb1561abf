using System.Diagnostics;
using Caisson.Sandboxes.Limits;

namespace Caisson.Sandboxes.Tests.Lab;

/// <summary>Runs test classes again as a user without privileges, whose cgroups were handed over to it.</summary>
internal sealed class Unprivileged : IDisposable
{
    private const int User = 12_345;
    private static readonly string[] Controllers = ["memory", "pids", "cpu", "cpuacct", "freezer"];

    private readonly string _home = Directory.CreateTempSubdirectory("cst-user-").FullName;
    private readonly string _name = $"cst-{Environment.ProcessId}";

    /// <returns>Exit code and output of the tests.</returns>
    internal async Task<(int Code, string Output)> RunAsync(bool delegated, params string[] classes)
    {
        await ShellAsync($"chown {User}:{User} {_home}");
        var join = delegated ? Join() : "";
        var filter = string.Join(' ', classes.Select(name => $"-class Caisson.Sandboxes.Tests.{name}"));
        return await ShellAsync(
            $"set -e; {join} exec env -i PATH=/usr/bin:/bin TMPDIR={_home} HOME={_home} "
                + $"setpriv --reuid {User} --regid {User} --clear-groups --inh-caps=-all {Environment.ProcessPath} -noLogo -noColor {filter}"
        );
    }

    private string Join()
    {
        var (parents, unified) = CgroupTree.OfThisProcess().Prepare();
        if (unified)
            return $"d={parents[0]}/{_name}; mkdir -p $d; chown {User}:{User} $d $d/cgroup.procs $d/cgroup.subtree_control; echo $$ > $d/cgroup.procs; ";
        return string.Concat(
            Controllers.Select(controller =>
            {
                var own = $"/sys/fs/cgroup/{controller}$(sed -n 's/^[0-9]*:{controller}://p' /proc/self/cgroup)/{_name}";
                return $"d={own}; mkdir -p $d; chown -R {User}:{User} $d; echo $$ > $d/cgroup.procs; ";
            })
        );
    }

    public void Dispose()
    {
        Directory.Delete(_home, recursive: true);
        var named = Directory.EnumerateDirectories("/sys/fs/cgroup", _name, new EnumerationOptions { RecurseSubdirectories = true });
        foreach (var directory in named.ToList())
        {
            // On version 2 the tests moved into one below it.
            foreach (var below in Directory.EnumerateDirectories(directory))
                Directory.Delete(below);
            Directory.Delete(directory);
        }
    }

    private static async Task<(int, string)> ShellAsync(string script)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", script + " 2>&1"]) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
