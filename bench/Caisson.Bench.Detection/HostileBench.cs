using System.Text;

namespace Caisson.Bench.Detection;

/// <summary>1 MiB that is made to be dear. What it takes must be bounded, whatever it is.</summary>
internal static class HostileBench
{
    private const int Size = 1 << 20;
    private const double Goal = 100;

    internal static IEnumerable<Figure> Run()
    {
        var scanner = Engine.With(20);
        foreach (var (name, content) in Contents())
            yield return new Figure($"hostile MiB: {name}", Timing.Best(() => scanner.Scan(content), 0.5, 2) * 1e3, "ms", Goal);
    }

    private static IEnumerable<(string Name, byte[] Content)> Contents()
    {
        var random = new Random(11);
        var noise = new byte[Size];
        random.NextBytes(noise);
        yield return ("noise", noise);
        yield return ("zeros", new byte[Size]);
        yield return ("base64", Letters(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"));
        yield return ("hexadecimal", Letters(random, "0123456789abcdef"));
        yield return ("base32", Letters(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
        yield return ("digits", Letters(random, "0123456789"));
        var nested = noise;
        for (var depth = 0; depth < 4; depth++)
            nested = Encoding.ASCII.GetBytes(Convert.ToBase64String(nested));
        yield return ("base64 four times", nested[..Size]);
        yield return (
            "hexadecimal of hexadecimal",
            Encoding.ASCII.GetBytes(Convert.ToHexString(Letters(random, "0123456789abcdef")))[..Size]
        );
        yield return ("percent escapes", Repeated("%41%42%67%2f"));
        yield return ("percent escapes of percent escapes", Repeated("%25%34%31%25%32%35"));
        yield return ("JSON escapes", Repeated(@"\u0041\u0067\u0068\u0070\u005f"));
        yield return ("ampersands", Repeated("&"));
        yield return ("backslashes", Repeated("\\"));
        yield return ("quoted-printable", Repeated("=41=42"));
        yield return ("separated hexadecimal", Repeated("67:68:70:5f:"));
        yield return ("separated text", Repeated("g-h-p-_-1-2-3-"));
        yield return ("runs of twenty", Repeated("abcdefghijABCDEFGHI0 "));
        yield return ("runs of eighteen in lines", Repeated("abcdefghijABCDEFGH\n"));
        yield return ("UTF-16", Encoding.Unicode.GetBytes(new string('g', Size / 2)));
        yield return ("look-alikes", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ｇｈｐ＿", Size / 12))));
        yield return ("ghp_", Repeated("ghp_"));
        yield return ("github_pat_", Repeated("github_pat_"));
        yield return ("AKIA", Repeated("AKIA"));
        yield return ("AKIA and letters", Repeated("AKIAABCDEFGHIJKLMNOP"));
        yield return ("-----BEGIN ", Repeated("-----BEGIN PRIVATE KEY-----\n"));
        yield return ("eyJ", Repeated("eyJhbGciOi"));
        yield return ("token that is right", Repeated("ghp_8aspm4G7" + "VmSUfOoD6V1vrORcmn0iSH2JWh3d "));
    }

    private static byte[] Letters(Random random, string alphabet)
    {
        var content = new byte[Size];
        for (var index = 0; index < Size; index++)
            content[index] = (byte)alphabet[random.Next(alphabet.Length)];
        return content;
    }

    private static byte[] Repeated(string text) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, (Size / text.Length) + 1)))[..Size];
}
