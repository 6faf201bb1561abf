using System.Runtime.CompilerServices;

namespace Caisson.Terminals.Screen;

/// <summary>The numbers of a control sequence: up to 32, each with sub-parameters (after ':'), up to 32 of those. What is more is dropped.</summary>
internal struct SequenceParameters
{
    public const int Limit = 32;

    /// <summary>Numbers are cut here. No screen is larger, and no count does more than fill it.</summary>
    public const int MaximumValue = 0xFFFF;

    /// <summary>A sub-parameter that was left out.</summary>
    public const int Absent = -1;

    [InlineArray(Limit)]
    public struct Numbers
    {
        private int first;
    }

    public Numbers Values;
    public Numbers Subs;

    /// <summary>The number of the sub-parameters up to, and with, those of a parameter.</summary>
    public Numbers SubEnds;
    public int Count;
    public int SubCount;

    /// <summary>Digits go to a sub-parameter.</summary>
    public bool InSub;

    /// <summary>Digits go nowhere: there were too many.</summary>
    public bool Dropping;

    /// <summary>As at the start of each sequence: one parameter, 0.</summary>
    public void Reset()
    {
        Count = 1;
        SubCount = 0;
        Values[0] = 0;
        SubEnds[0] = 0;
        InSub = false;
        Dropping = false;
    }

    public readonly int this[int index] => index < Count ? Values[index] : 0;

    /// <summary>The parameter as a count: 0 and nothing mean 1.</summary>
    public readonly int OrOne(int index) => Math.Max(1, this[index]);

    public readonly int SubCountOf(int index) => SubEnds[index] - (index == 0 ? 0 : SubEnds[index - 1]);

    public readonly int Sub(int index, int sub) => Subs[(index == 0 ? 0 : SubEnds[index - 1]) + sub];

    public void Put(int code)
    {
        switch (code)
        {
            case ';':
                InSub = false;
                Dropping = Count == Limit;
                if (Dropping)
                    return;
                Values[Count] = 0;
                SubEnds[Count] = SubCount;
                Count++;
                break;
            case ':':
                if (Dropping && !InSub)
                    return;
                InSub = true;
                Dropping = SubCount == Limit;
                if (Dropping)
                    return;
                Subs[SubCount++] = Absent;
                SubEnds[Count - 1] = SubCount;
                break;
            default:
                if (!Dropping)
                    Digit(ref (InSub ? ref Subs[SubCount - 1] : ref Values[Count - 1]), code - '0');
                break;
        }
    }

    private static void Digit(ref int value, int digit) => value = Math.Min(MaximumValue, Math.Max(value, 0) * 10 + digit);
}
