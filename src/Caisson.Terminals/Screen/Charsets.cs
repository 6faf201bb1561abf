using System.Runtime.InteropServices;

namespace Caisson.Terminals.Screen;

/// <summary>The four designated character sets, by their final byte in the designating sequence, and which of them is in use.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Charsets
{
    public const byte Ascii = (byte)'B';

    public byte G0,
        G1,
        G2,
        G3,
        Level;

    public static Charsets Default =>
        new()
        {
            G0 = Ascii,
            G1 = Ascii,
            G2 = Ascii,
            G3 = Ascii,
        };

    public readonly byte InUse => this[Level];

    public byte this[int index]
    {
        readonly get =>
            index switch
            {
                0 => G0,
                1 => G1,
                2 => G2,
                _ => G3,
            };
        set
        {
            switch (index)
            {
                case 0:
                    G0 = value;
                    break;
                case 1:
                    G1 = value;
                    break;
                case 2:
                    G2 = value;
                    break;
                default:
                    G3 = value;
                    break;
            }
        }
    }

    /// <summary>What a set shows for the ASCII characters, null for ASCII itself; false when there is no such set.</summary>
    public static bool TryGet(byte set, out ushort[]? map)
    {
        map = null;
        if (set == Ascii)
            return true;
        map = Maps[set & 0x7F];
        return map is not null;
    }

    private static readonly ushort[]?[] Maps = Build();

    private static ushort[]?[] Build()
    {
        var maps = new ushort[]?[128];
        // DEC special graphics; then the national sets of the VT220 (Programmer Reference Manual, chapter 2), as pairs "from, to".
        maps['0'] = Map("`◆a▒b␉c␌d␍e␊f°g±h␤i␋j┘k┐l┌m└n┼o⎺p⎻q─r⎼s⎽t├u┤v┴w┬x│y≤z≥{π|≠}£~·");
        maps['A'] = Map("#£");
        maps['4'] = Map("#£@¾[ĳ\\½]|{¨|ƒ}¼~´");
        maps['C'] = maps['5'] = Map("[Ä\\Ö]Å^Ü`é{ä|ö}å~ü");
        maps['R'] = Map("#£@à[°\\ç]§{é|ù}è~¨");
        maps['Q'] = Map("@à[â\\ç]ê^î`ô{é|ù}è~û");
        maps['K'] = Map("@§[Ä\\Ö]Ü{ä|ö}ü~ß");
        maps['Y'] = Map("#£@§[°\\ç]é`ù{à|ò}è~ì");
        maps['E'] = maps['6'] = Map("@Ä[Æ\\Ø]Å^Ü`ä{æ|ø}å~ü");
        maps['Z'] = Map("#£@§[¡\\Ñ]¿{°|ñ}ç");
        maps['H'] = maps['7'] = Map("@É[Ä\\Ö]Å^Ü`é{ä|ö}å~ü");
        maps['='] = Map("#ù@à[é\\ç]ê^î_è`ô{ä|ö}ü~û");
        return maps;
    }

    private static ushort[] Map(string pairs)
    {
        var map = new ushort[128];
        for (ushort i = 0; i < map.Length; i++)
            map[i] = i;
        for (var i = 0; i < pairs.Length; i += 2)
            map[pairs[i]] = pairs[i + 1];
        return map;
    }
}
