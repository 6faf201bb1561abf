using System.Security.Cryptography;

namespace Caisson.Gateway.Refusals;

/// <summary>
/// Makes ids of decisions: <c>d-</c> and 12 characters of base36, unguessable. Random bytes are drawn in bulk; drawing 12 for each request costs more than
/// all else about an id.
/// </summary>
internal static class DecisionId
{
    private const int Length = 12;

    // The largest multiple of 36 in a byte: what lies above would make some characters likelier than others.
    private const int Fair = 252;

    [ThreadStatic]
    private static Pool? pool;

    public static string New() => string.Create(2 + Length, pool ??= new Pool(), static (text, from) => from.Fill(text));

    private sealed class Pool
    {
        private readonly byte[] bytes = new byte[2048];
        private int next = 2048;

        public void Fill(Span<char> text)
        {
            text[0] = 'd';
            text[1] = '-';
            for (var i = 2; i < text.Length; )
            {
                if (next == bytes.Length)
                {
                    RandomNumberGenerator.Fill(bytes);
                    next = 0;
                }
                var value = bytes[next];
                bytes[next++] = 0;
                if (value < Fair)
                    text[i++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
            }
        }
    }
}
