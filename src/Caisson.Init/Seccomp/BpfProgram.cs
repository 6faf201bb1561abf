namespace Caisson.Init.Seccomp;

/// <summary>
/// Assembles a seccomp filter: classic BPF over <c>struct seccomp_data</c> (linux/seccomp.h). Rules are written one after the other, each ends
/// the program when it applies, and a program ends with <see cref="Return"/>.
/// </summary>
internal sealed class BpfProgram
{
    internal const uint Allow = 0x7FFF0000;
    internal const uint KillProcess = 0x80000000;
    private const uint Fail = 0x00050000;
    private const ushort LoadWord = 0x20;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort JumpAnyBit = 0x45;
    private const ushort Answer = 0x06;
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int ArgumentsOffset = 16;

    private readonly List<ulong> _code = [];

    /// <summary>Fails a call with an error number.</summary>
    internal static uint Error(int number) => Fail | (uint)number;

    /// <summary>Kills on any architecture but this one; then the call's number is what later rules look at.</summary>
    internal void OnlyArchitecture(uint architecture)
    {
        Add(LoadWord, 0, 0, ArchitectureOffset);
        Add(JumpEqual, 1, 0, architecture);
        Return(KillProcess);
        Add(LoadWord, 0, 0, NumberOffset);
    }

    /// <summary>Answers every call whose number is this or above.</summary>
    internal void From(uint number, uint answer)
    {
        Add(JumpGreaterOrEqual, 0, 1, number);
        Return(answer);
    }

    /// <summary>Answers a call, whatever its arguments.</summary>
    internal void Call(int number, uint answer)
    {
        Add(JumpEqual, 0, 1, (uint)number);
        Return(answer);
    }

    /// <summary>Answers a call when the low half of an argument has one of these bits.</summary>
    internal void CallWithBits(int number, int argument, uint bits, uint answer) =>
        Conditional(
            number,
            () =>
            {
                Argument(argument);
                Add(JumpAnyBit, 0, 1, bits);
                Return(answer);
            }
        );

    /// <summary>Answers a call when one argument has one of these bits and another one of those.</summary>
    internal void CallWithBits(int number, int argument, uint bits, int other, uint otherBits, uint answer) =>
        Conditional(
            number,
            () =>
            {
                Argument(argument);
                Add(JumpAnyBit, 0, 3, bits);
                Argument(other);
                Add(JumpAnyBit, 0, 1, otherBits);
                Return(answer);
            }
        );

    /// <summary>Answers a call when the low half of an argument is one of these values.</summary>
    internal void CallWithValue(int number, int argument, IReadOnlyList<uint> values, uint answer) =>
        Conditional(
            number,
            () =>
            {
                Argument(argument);
                foreach (var value in values)
                {
                    Add(JumpEqual, 0, 1, value);
                    Return(answer);
                }
            }
        );

    /// <summary>Lets a call pass when an argument is one of these values, and when it is <paramref name="special"/> only with another argument zero.</summary>
    internal void CallOnlyWith(int number, int argument, IReadOnlyList<uint> values, uint special, int zeroArgument, uint answer) =>
        Conditional(
            number,
            () =>
            {
                Argument(argument);
                foreach (var value in values)
                {
                    Add(JumpEqual, 0, 1, value);
                    Return(Allow);
                }

                Add(JumpEqual, 0, 3, special);
                Argument(zeroArgument);
                Add(JumpEqual, 0, 1, 0);
                Return(Allow);
                Return(answer);
            }
        );

    internal void Return(uint answer) => Add(Answer, 0, 0, answer);

    internal ulong[] ToArray() => [.. _code];

    // Skips the body for other calls; the body may load arguments, so the number is loaded again at its end.
    private void Conditional(int number, Action body)
    {
        var jump = _code.Count;
        Add(JumpEqual, 0, 0, (uint)number);
        body();
        Add(LoadWord, 0, 0, NumberOffset);
        var length = _code.Count - jump - 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, byte.MaxValue);
        _code[jump] |= (ulong)length << 24; // the "false" distance of struct sock_filter
    }

    private void Argument(int index) => Add(LoadWord, 0, 0, (uint)(ArgumentsOffset + (8 * index)));

    private void Add(ushort code, byte whenTrue, byte whenFalse, uint value) =>
        _code.Add(code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)value << 32));
}
