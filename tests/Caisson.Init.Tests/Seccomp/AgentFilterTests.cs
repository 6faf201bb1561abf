using System.Buffers.Binary;
using Caisson.Init.Seccomp;

namespace Caisson.Init.Tests.Seccomp;

/// <summary>Runs the assembled programs on calls, as the kernel does: for both architectures, and for calls no test could make.</summary>
public sealed class AgentFilterTests
{
    private const uint Allow = 0x7FFF0000;
    private const uint Kill = 0x80000000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint FamilyUnsupported = 0x00050061;
    private static readonly int[] s_protected = [1, 2];

    public static TheoryData<string> Architectures => new("x64", "arm64");

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Denies_EveryListedCall(string architecture)
    {
        var calls = Of(architecture);
        foreach (var (name, number) in calls.Denied)
        {
            Run(calls, number).ShouldBe(NotPermitted, name);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Allows_OrdinaryCalls(string architecture)
    {
        var calls = Of(architecture);
        int[] ordinary =
            architecture == "x64" ? [0, 1, 2, 9, 42, 57, 59, 101, 110, 202, 257, 310] : [63, 64, 56, 222, 203, 221, 117, 173, 98, 270];
        foreach (var number in ordinary)
        {
            Run(calls, number).ShouldBe(Allow, $"call {number}");
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Lets_ThreadsAndProcessesBeMade_ButNoNamespaces(string architecture)
    {
        var calls = Of(architecture);
        const ulong Thread = 0x3D0F00;

        Run(calls, calls.Clone, Thread).ShouldBe(Allow);
        Run(calls, calls.Clone, 17).ShouldBe(Allow);
        Run(calls, SystemCalls.Clone3).ShouldBe(NoSuchCall);
        Run(calls, calls.Unshare, 0x200).ShouldBe(Allow); // CLONE_FS
        foreach (var flag in new ulong[] { 0x10000000, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000 })
        {
            Run(calls, calls.Clone, 17 | flag).ShouldBe(NotPermitted, $"clone {flag:x}");
            Run(calls, calls.Unshare, flag).ShouldBe(NotPermitted, $"unshare {flag:x}");
        }

        Run(calls, calls.Unshare, 0x80).ShouldBe(NotPermitted);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Allows_OnlyTheSocketFamiliesThatAgentsNeed(string architecture)
    {
        var calls = Of(architecture);
        for (ulong family = 0; family < 64; family++)
        {
            var expected = family is 1 or 2 or 10 or 16 ? Allow : FamilyUnsupported;
            Run(calls, calls.Socket, family, 1).ShouldBe(expected, $"family {family}");
        }

        Run(calls, calls.Socket, 16, 3, 12).ShouldBe(FamilyUnsupported); // netlink for the packet filter
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Denies_TypingIntoTerminals(string architecture)
    {
        var calls = Of(architecture);

        Run(calls, calls.Ioctl, 0, 0x5412).ShouldBe(NotPermitted);
        Run(calls, calls.Ioctl, 0, 0xFFFFFFFF_00005412).ShouldBe(NotPermitted); // the kernel looks at the low half only
        Run(calls, calls.Ioctl, 0, 0x5413).ShouldBe(Allow);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Denies_ChoosingTheSignalThatADescriptorSends(string architecture)
    {
        var calls = Of(architecture);
        var fcntl = architecture == "x64" ? 72 : 25;

        Run(calls, fcntl, 3, 10, 15).ShouldBe(NotPermitted); // F_SETSIG
        Run(calls, fcntl, 3, 8, 1).ShouldBe(Allow); // F_SETOWN
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Protects_PidOneAndItsThreads(string architecture)
    {
        var calls = Of(architecture);
        foreach (var number in calls.OnProcess)
        {
            Run(calls, number, 1).ShouldBe(NotPermitted, $"call {number}");
            Run(calls, number, 2).ShouldBe(NotPermitted, $"call {number}");
            Run(calls, number, 3).ShouldBe(Allow, $"call {number}");
            Run(calls, number, 0).ShouldBe(Allow, $"call {number}");
        }

        Run(calls, calls.SetPriority, 0, 1).ShouldBe(NotPermitted);
        Run(calls, calls.SetPriority, 0, 9).ShouldBe(Allow);
    }

    [Fact]
    public void Kills_OtherArchitecturesAndX32()
    {
        Run(SystemCalls.X64, 1, architecture: 0x40000003).ShouldBe(Kill); // i386
        Run(SystemCalls.X64, 0x40000000 + 1).ShouldBe(Kill);
        Run(SystemCalls.Arm64, 1, architecture: 0x40000028).ShouldBe(Kill); // 32-bit arm
    }

    private static SystemCalls Of(string architecture) => architecture == "x64" ? SystemCalls.X64 : SystemCalls.Arm64;

    private static uint Run(SystemCalls calls, int number, ulong first = 0, ulong second = 0, ulong third = 0, uint? architecture = null)
    {
        var data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture ?? calls.Architecture);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16), first);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(24), second);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(32), third);
        var program = AgentFilter.Build(calls, s_protected);
        program.Length.ShouldBeLessThan(4096);
        var accumulator = 0u;
        for (var at = 0; ; at++)
        {
            var instruction = program[at];
            var (code, whenTrue, whenFalse, value) = (
                (ushort)instruction,
                (byte)(instruction >> 16),
                (byte)(instruction >> 24),
                (uint)(instruction >> 32)
            );
            switch (code)
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value));
                    break;
                case 0x15:
                    at += accumulator == value ? whenTrue : whenFalse;
                    break;
                case 0x35:
                    at += accumulator >= value ? whenTrue : whenFalse;
                    break;
                case 0x45:
                    at += (accumulator & value) != 0 ? whenTrue : whenFalse;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"instruction {code:x}");
            }
        }
    }
}
