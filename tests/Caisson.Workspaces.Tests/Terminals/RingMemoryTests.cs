using System.Text;
using Caisson.Init.Protocol.Control;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Terminals;

namespace Caisson.Workspaces.Tests.Terminals;

/// <summary>All terminals together keep no more than the limit in memory, and nothing is lost by it.</summary>
public sealed class RingMemoryTests(TerminalLab lab) : IClassFixture<TerminalLab>
{
    private const int Ring = 1 << 20;

    [Fact]
    public async Task AtTheLimit_AllIsInMemory_AndBeyondIt_TheLongestIdleIsOnDisk()
    {
        await using var service = lab.NewService(ringMemory: 3 * Ring);
        var (first, second, third) = (await PrintAsync(service), await PrintAsync(service), await PrintAsync(service));
        // Whoever printed last is not the idlest, however long it has been there.
        await TypeAsync(first, "a");
        service.RingsInMemory.ShouldBe(3 * Ring);
        (await SpilledAsync(first), await SpilledAsync(second), await SpilledAsync(third)).ShouldBe((0, 0, 0));

        var fourth = await service.CreateAsync(lab.Place, Request("stty raw -echo; exec cat"), CancellationToken.None);
        await TypeAsync(fourth, "b");
        await TerminalSessionTests.UntilAsync(() => service.RingsInMemory == 2 * Ring + 1);

        (await SpilledAsync(first), await SpilledAsync(second), await SpilledAsync(third)).ShouldBe((0, Ring, 0));
        service.RingTrouble.ShouldBeNull();
        // It goes on, and a viewer that comes back is sent what it missed, from disk and from memory.
        await TypeAsync(second, "c");
        (await ReadAsync(second, from: 1)).ShouldBe(Printed[1..] + "c");
        service.RingsInMemory.ShouldBe(2 * Ring + 2);
        foreach (var session in service.List(lab.Place.Workspace))
            await service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task ANewServer_KnowsWhatIsOnDisk()
    {
        TerminalSession session;
        await using (var before = lab.NewService(ringMemory: Ring - 1))
        {
            session = await PrintAsync(before);
            await TerminalSessionTests.UntilAsync(() => before.RingsInMemory == 0);
        }

        await using var after = lab.NewService(RingMemory.UsualLimit);
        after.Start();
        var again = after.Find(session.Id)!;
        await TypeAsync(again, "d");

        again.RingInMemory.ShouldBe(1);
        (await ReadAsync(again, from: 1)).ShouldBe(Printed[1..] + "d");
        await after.CloseAsync(again, "the test", CancellationToken.None);
    }

    private static string Printed { get; } = string.Concat(Enumerable.Range(1, 200_000).Select(number => $"{number}\n"))[..Ring];

    private static NewTerminal Request(string script) => new(null, ["/bin/sh", "-c", script], null, 80, 24);

    /// <summary>A terminal that has printed a whole ring, a second after whoever came before.</summary>
    private async Task<TerminalSession> PrintAsync(TerminalService service)
    {
        lab.Time.Now += TimeSpan.FromSeconds(1);
        var script = $"stty raw -echo; seq 1 200000 | head -c {Ring}; exec cat";
        var session = await service.CreateAsync(lab.Place with { RingBytes = Ring }, Request(script), CancellationToken.None);
        await TerminalSessionTests.ReachesAsync(session, Ring);
        return session;
    }

    private async Task TypeAsync(TerminalSession session, string text)
    {
        lab.Time.Now += TimeSpan.FromSeconds(1);
        var end = session.End;
        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(null, Snapshot: true));
        await session.InputAsync(view.Viewer, 0, Encoding.ASCII.GetBytes(text), CancellationToken.None);
        await TerminalSessionTests.ReachesAsync(session, end + text.Length);
        session.Detach(view.Viewer);
    }

    private async Task<long> SpilledAsync(TerminalSession session)
    {
        var request = new AttachRequest { Process = session.Record.Process, OutputFrom = -1 };
        await using var view = await lab.Place.Sandbox!.Init.AttachAsync(request);
        return view.Spilled;
    }

    private static async Task<string> ReadAsync(TerminalSession session, long from)
    {
        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(from, Snapshot: false));
        var text = new StringBuilder();
        while (view.Next < session.End)
        {
            var frame = await view.TakeAsync(Opcode.Output);
            text.Append(Encoding.ASCII.GetString(frame.Span[8..]));
            session.Acknowledge(view.Viewer, view.Next);
        }
        view.Passed.ShouldNotContain(Opcode.Gap);
        session.Detach(view.Viewer);
        return text.ToString();
    }
}
