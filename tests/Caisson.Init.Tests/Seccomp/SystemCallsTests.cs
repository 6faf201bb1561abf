using System.Globalization;
using System.Text.RegularExpressions;
using Caisson.Init.Seccomp;

namespace Caisson.Init.Tests.Seccomp;

/// <summary>Our numbers against those of the kernel's own headers, which the C compiler brings along for x86-64 and for arm64 (the generic table).</summary>
public sealed class SystemCallsTests
{
    private const string X64 = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
    private const string Arm64 = "/usr/include/asm-generic/unistd.h";

    public static bool HasHeaders => File.Exists(X64) && File.Exists(Arm64);

    [Theory(Skip = "linux-libc-dev is not installed", SkipUnless = nameof(HasHeaders))]
    [InlineData(X64)]
    [InlineData(Arm64)]
    public void Have_TheNumbersOfTheKernelsHeaders(string header)
    {
        var calls = header == X64 ? SystemCalls.X64 : SystemCalls.Arm64;
        var numbers = Numbers(header);

        // Names that are newer than the header can't be compared here.
        foreach (var (name, number) in calls.Denied.Where(call => numbers.ContainsKey(call.Key)))
        {
            number.ShouldBe(numbers[name], name);
        }

        calls.Denied.Keys.Count(numbers.ContainsKey).ShouldBeGreaterThan(40);
        calls.Clone.ShouldBe(numbers["clone"]);
        calls.Unshare.ShouldBe(numbers["unshare"]);
        calls.Socket.ShouldBe(numbers["socket"]);
        calls.SocketPair.ShouldBe(numbers["socketpair"]);
        calls.Ioctl.ShouldBe(numbers["ioctl"]);
        calls.FileControl.ShouldBe(numbers["fcntl"]);
        calls.SetPriority.ShouldBe(numbers["setpriority"]);
        calls.MakeNodeAt.ShouldBe(numbers["mknodat"]);
        SystemCalls.Clone3.ShouldBe(numbers["clone3"]);
        SystemCalls.OpenAt2.ShouldBe(numbers["openat2"]);
        string[] onProcess =
        [
            "kill",
            "tkill",
            "tgkill",
            "rt_sigqueueinfo",
            "rt_tgsigqueueinfo",
            "pidfd_open",
            "prlimit64",
            "sched_setaffinity",
            "sched_setparam",
            "sched_setscheduler",
            "sched_setattr",
        ];
        calls.OnProcess.ShouldBe(onProcess.Select(name => numbers[name]), ignoreOrder: true);
        string[] setMode = ["chmod", "fchmod", "fchmodat", "creat", "mknod", "mknodat", "mkdir", "mkdirat"];
        calls
            .SetMode.Where(call => call.Number != 452)
            .Select(call => call.Number)
            .ShouldBeSubsetOf(setMode.Where(numbers.ContainsKey).Select(name => numbers[name]));
        calls
            .Open.Select(call => call.Number)
            .ShouldBe(new[] { "open", "openat" }.Where(numbers.ContainsKey).Select(name => numbers[name]));
    }

    // The generic table writes calls whose form depends on the width of a word as __NR3264_name.
    private static Dictionary<string, int> Numbers(string header) =>
        Regex
            .Matches(
                File.ReadAllText(header),
                @"^#define __NR(?:3264)?_(?<name>\w+) (?<number>\d+)\s*$",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
            .DistinctBy(match => match.Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(
                match => match.Groups["name"].Value,
                match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
}
