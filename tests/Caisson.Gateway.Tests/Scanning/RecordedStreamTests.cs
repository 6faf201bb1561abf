using Caisson.Gateway.Scanning;

namespace Caisson.Gateway.Tests.Scanning;

public sealed class RecordedStreamTests
{
    [Fact]
    public async Task Gives_WhatCameIn_InOrder_AndKeepsWhatIsNotUsedUp()
    {
        var all = new byte[300_000];
        new Random(3).NextBytes(all);
        var stream = new RecordedStream(new MemoryStream(all));
        var read = new byte[7000];
        var given = new List<byte>();
        var looked = new List<byte>();
        var piece = new byte[5000];
        while (await stream.ReadAsync(read) > 0)
        {
            looked.AddRange(stream.TakeNew());
            stream.ReleaseUsed(0);
            while (stream.Released > 0)
                given.AddRange(piece[..stream.Take(piece)]);
            // The last piece may still be in the decoder.
            given.Count.ShouldBeLessThanOrEqualTo(
                (int)stream.Count - Math.Min(7000, (int)stream.Count % 7000 == 0 ? 7000 : (int)stream.Count % 7000)
            );
        }
        stream.ReleaseAll();
        while (stream.Released > 0)
            given.AddRange(piece[..stream.Take(piece)]);

        given.ShouldBe(all);
        looked.ShouldBe(all);
    }

    [Fact]
    public async Task Refuses_ToKeepMoreThanItsLimit()
    {
        var stream = new RecordedStream(new MemoryStream(new byte[RecordedStream.MostKept * 2]));
        var piece = new byte[64 * 1024];

        await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            while (await stream.ReadAsync(piece) > 0) { }
        });
        stream.Count.ShouldBeInRange(RecordedStream.MostKept, RecordedStream.MostKept + (128 * 1024));
    }
}
