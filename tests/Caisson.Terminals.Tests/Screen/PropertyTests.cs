using System.Buffers;
using Caisson.Terminals.Screen;
using FsCheck;
using FsCheck.Fluent;

namespace Caisson.Terminals.Tests.Screen;

public sealed class PropertyTests
{
    private const int Columns = 12;
    private const int Rows = 5;

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void AnySplit_GivesTheSameScreen() =>
        Check.One(
            Runs,
            Prop.ForAll(
                RandomOutput.Arbitrary,
                random =>
                {
                    var output = random.Bytes;
                    var whole = New();
                    whole.Write(output);
                    var single = New();
                    foreach (var value in output)
                        single.Write([value]);
                    ScreenState.Of(single).ShouldBe(ScreenState.Of(whole));
                    single.TakeReplies().ShouldBe(whole.TakeReplies());
                    single.TakeEvents().ShouldBe(whole.TakeEvents());
                }
            )
        );

    [Fact]
    public void AnyBytes_NeverThrow() =>
        Check.One(
            Runs,
            Prop.ForAll<byte[]>(bytes =>
            {
                var screen = New();
                screen.Write(bytes);
                screen.CursorColumn.ShouldBeInRange(0, Columns);
                screen.CursorRow.ShouldBeInRange(0, Rows - 1);
            })
        );

    [Fact]
    public void ASnapshotAtAnyCut_ThenTheRest_GivesTheSameScreen() =>
        Check.One(
            Runs,
            Prop.ForAll(
                RandomOutput.Arbitrary,
                random =>
                {
                    var output = random.Bytes;
                    // Every cut of every stream would take minutes; each stream is cut at about twenty places, and they move from stream to stream.
                    var step = Math.Max(1, output.Length / 20);
                    for (var cut = output.Length % step; cut <= output.Length; cut += step)
                        SnapshotContinues(output, cut);
                }
            )
        );

    private static void SnapshotContinues(byte[] output, int cut)
    {
        var original = New();
        original.Write(output.AsSpan(0, cut));
        original.TakeReplies();
        var snapshot = SnapshotOf(original, SnapshotPart.Full);
        var copy = New();
        copy.Write(snapshot);
        copy.TakeReplies().ShouldBeEmpty();
        ScreenState.Of(copy).ShouldBe(ScreenState.Of(original), $"cut at {cut}");
        original.Write(output.AsSpan(cut));
        copy.Write(output.AsSpan(cut));
        ScreenState.Of(copy).ShouldBe(ScreenState.Of(original), $"after a cut at {cut}");
        copy.TakeReplies().ShouldBe(original.TakeReplies());
    }

    [Fact]
    public void ASnapshotOfTheScreen_IsEqualButForTheHistory() =>
        Check.One(
            Runs,
            Prop.ForAll(
                RandomOutput.Arbitrary,
                random =>
                {
                    var output = random.Bytes;
                    var original = New();
                    original.Write(output);
                    var copy = New();
                    copy.Write(SnapshotOf(original, SnapshotPart.Screen));
                    copy.ScrollbackCount.ShouldBe(0);
                    ScreenState
                        .Of(copy, history: false)
                        .Replace("~", " ")
                        .ShouldBe(ScreenState.Of(original, history: false).Replace("~", " "));
                }
            )
        );

    private static TerminalScreen New() => new(Columns, Rows, scrollbackLines: 20);

    internal static byte[] SnapshotOf(TerminalScreen screen, SnapshotPart part)
    {
        var output = new ArrayBufferWriter<byte>();
        Snapshot.Write(screen, output, part);
        return output.WrittenSpan.ToArray();
    }
}
