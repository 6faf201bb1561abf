using Caisson.Terminals.Output;

namespace Caisson.Terminals.Tests.Output;

public sealed class OutputWindowTests
{
    [Fact]
    public void Gives_EveryByteHeldByItsOffset_HoweverItWasCut()
    {
        var random = new Random(7);
        var all = new byte[1_000_000];
        random.NextBytes(all);
        using var window = new OutputWindow(1_000);
        for (var at = 0; at < all.Length; )
        {
            var piece = Math.Min(all.Length - at, random.Next(1, 150_000));
            window.Append(all.AsSpan(at, piece));
            at += piece;
            window.Trim(window.End - random.Next(1, 300_000));

            var from = random.NextInt64(window.First, window.End);
            var target = new byte[random.Next(1, 200_000)];
            var copied = window.Copy(from, target);
            copied.ShouldBe((int)Math.Min(target.Length, window.End - from));
            target.AsSpan(0, copied).SequenceEqual(all.AsSpan((int)(from - 1_000), copied)).ShouldBeTrue();
        }
        window.End.ShouldBe(1_001_000);
    }

    [Fact]
    public void Keeps_AtLeastWhatIsWanted_AndLittleMore()
    {
        using var window = new OutputWindow(0);
        window.Append(new byte[10 * OutputWindow.BlockSize]);

        window.Trim(5 * OutputWindow.BlockSize + 1);

        window.First.ShouldBe(5 * OutputWindow.BlockSize);
        window.Trim(long.MaxValue);
        window.First.ShouldBe(window.End);
        window.Append([1]);
        var one = new byte[1];
        window.Copy(window.End - 1, one).ShouldBe(1);
        one[0].ShouldBe((byte)1);
    }
}
