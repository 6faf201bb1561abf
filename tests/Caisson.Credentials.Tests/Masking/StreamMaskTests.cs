using System.Text;
using Caisson.Credentials.Masking;

namespace Caisson.Credentials.Tests.Masking;

public sealed class StreamMaskTests
{
    private static readonly KnownSecretMask s_mask = new([new Secret("sk-secret-value-1"), new Secret("pässwörd")]);

    [Theory]
    [InlineData("a sk-secret-value-1 b", "a *** b")]
    [InlineData("sk-secret sk-secret-value-2 sk-", "sk-secret sk-secret-value-2 sk-")]
    [InlineData("the pässwörd and c2stc2VjcmV0LXZhbHVlLT", "the *** and ***")]
    [InlineData("no secret at all", "no secret at all")]
    public void Masks_HoweverTheStreamIsCut(string text, string masked)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var mask = new StreamMask();
            var result = new MemoryStream();
            for (var at = 0; at < bytes.Length; at += size)
                result.Write(mask.Next(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)), s_mask));
            result.Write(mask.End());
            Encoding.UTF8.GetString(result.ToArray()).ShouldBe(masked, $"pieces of {size}");
        }
    }

    [Fact]
    public void BytesThatAreNoText_ComeThroughUnchanged()
    {
        var bytes = new byte[256];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)i;
        var mask = new StreamMask();

        byte[] result = [.. mask.Next(bytes, s_mask), .. mask.End()];

        result.ShouldBe(bytes);
    }
}
