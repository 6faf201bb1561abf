using System.Buffers.Binary;
using Caisson.Sandboxes.Tests.Lab;
using Caisson.Terminals.Screen;
using Caisson.Terminals.Wire;
using Caisson.Workspaces.Terminals;

namespace Caisson.Workspaces.Tests.Terminals;

/// <summary>What depends on time: viewers that stand still, terminals that nobody uses, goodbyes.</summary>
public sealed class TerminalSessionTests(TerminalLab lab) : IClassFixture<TerminalLab>
{
    [Fact]
    public async Task AViewerThatStandsStill_IsSentOneMiB_AndClosedAfter60s_AndMayComeBack()
    {
        var session = await lab.CreateAsync("stty raw; head -c 1 >/dev/null; head -c 4000000 /dev/zero | tr '\\0' x; exec cat");
        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));
        lab.Time.Now += TimeSpan.FromSeconds(1);
        await session.InputAsync(view.Viewer, 0, "k"u8.ToArray(), CancellationToken.None);
        await view.UntilAsync(TerminalViewer.MostInFlight);

        // It stalls; from now on nobody waits for it.
        lab.Time.Now += TimeSpan.FromSeconds(1);
        await ReachesAsync(session, 4_000_000);
        view.End.IsCompleted.ShouldBeFalse();
        view.Next.ShouldBeLessThan(TerminalViewer.MostInFlight + (64 << 10));
        lab.Time.Now += TimeSpan.FromSeconds(61);
        lab.Time.Tick();

        (await view.End.WaitAsync(SandboxLab.Patience)).ShouldBe(ViewEnd.TooSlow);
        session.Detach(view.Viewer);
        var again = await TerminalLab.View.AttachAsync(session, new AttachFrom(view.Next, Snapshot: false));
        await again.TakeAsync(Opcode.Output);
        again.Next.ShouldBeGreaterThan(view.Next);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task AFrozenViewer_CostsOneMiBAtMost_HoweverMuchIsPrinted_AndTheOthersMissNothing()
    {
        const int printed = 16 << 20;
        var session = await lab.CreateAsync(
            $"stty raw -echo; printf r; head -c 1 >/dev/null; head -c {printed} /dev/zero | tr '\\0' x; exec cat"
        );
        var frozen = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));
        var other = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));
        // Only from then on nothing is echoed.
        await other.UntilAsync(1);
        await session.InputAsync(other.Viewer, 0, "k"u8.ToArray(), CancellationToken.None);
        await frozen.UntilAsync(TerminalViewer.MostInFlight);
        lab.Time.Now += TimeSpan.FromSeconds(1);

        var most = 0L;
        while (other.Next < printed + 1)
        {
            await other.TakeAsync(Opcode.Output);
            session.Acknowledge(other.Viewer, other.Next);
            most = Math.Max(most, session.WindowBytes);
        }
        await session.InputAsync(other.Viewer, 1, "e"u8.ToArray(), CancellationToken.None);
        await other.UntilAsync(printed + 2);

        // The window is shared, and 256 KiB of it are kept with nobody there.
        (most - (256 << 10)).ShouldBeInRange(1, 1 << 20);
        other.Passed.ShouldNotContain(Opcode.Gap);
        session.Acknowledge(frozen.Viewer, frozen.Next);
        var gap = await frozen.TakeAsync(Opcode.Gap);
        BinaryPrimitives.ReadInt64BigEndian(gap.Span).ShouldBe(frozen.Next);
        BinaryPrimitives.ReadInt64BigEndian(gap.Span[8..]).ShouldBe(printed + 2);
        BinaryPrimitives.ReadInt64BigEndian((await frozen.TakeAsync(Opcode.Snapshot)).Span[2..]).ShouldBe(printed + 2);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task WhatLeftTheRing_IsAGapOfExactlyThat_AndTheScreenFollows()
    {
        var session = await lab.CreateAsync("stty raw; head -c 12000000 /dev/zero | tr '\\0' x; printf end; exec cat");
        await ReachesAsync(session, 12_000_003);

        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(1000, Snapshot: false));

        var gap = await view.TakeAsync(Opcode.Gap);
        BinaryPrimitives.ReadInt64BigEndian(gap.Span).ShouldBe(1000);
        var to = BinaryPrimitives.ReadInt64BigEndian(gap.Span[8..]);
        var snapshot = await view.TakeAsync(Opcode.Snapshot);
        BinaryPrimitives.ReadInt64BigEndian(snapshot.Span[2..]).ShouldBe(to);
        to.ShouldBe(12_000_003);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task AFloodThatNobodyLooksAt_RunsToItsEnd_AndTheScreenMissesNothingOfIt()
    {
        // A tab stop before each MiB. Only a screen that has seen all of them puts what follows the last one where it belongs.
        const int stops = 24;
        var session = await lab.CreateAsync(
            $$"""
            stty raw; printf '\033[3g'; i=0
            while [ $i -lt {{stops}} ]; do
              i=$((i + 1)); printf '\r\033[%dG\033H' $((2 * i)); head -c 1048576 /dev/zero | tr '\0' '\n'
            done
            printf '\r'; while [ $i -gt 0 ]; do printf '\t%s' x; i=$((i - 1)); done; exec cat
            """
        );

        await ReachesAsync(session, stops * 1_048_576L);
        var line = string.Join(' ', Enumerable.Repeat("x", stops));
        await UntilAsync(() => session.Search(new SearchQuery(line)).Matches.Count > 0);

        session.Search(new SearchQuery(line)).Matches.Count.ShouldBe(1);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task ARing_HasThePolicysSize_AndViewersAreToldWhatItHolds()
    {
        const int ring = 64 << 10;
        var session = await lab.Service.CreateAsync(
            lab.Place with
            {
                RingBytes = ring,
            },
            new NewTerminal(null, ["/bin/sh", "-c", "stty raw; head -c 2000000 /dev/zero | tr '\\0' x; exec cat"], null, 80, 24),
            CancellationToken.None
        );
        await ReachesAsync(session, 2_000_000);

        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));

        var hello = await view.JsonAsync(Opcode.Hello);
        ((long)hello["first"]!, (long)hello["last"]!).ShouldBe((2_000_000 - ring, 2_000_000), hello.ToJsonString());
        var held = (await lab.Place.Sandbox!.Init.ListAsync()).Single(process => process.Process == session.Record.Process).Output!;
        (held.First, held.End).ShouldBe((2_000_000 - ring, 2_000_000));
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task WhatComesBeforeTheFirstScreen_IsInIt_AndNoGap()
    {
        var session = await lab.CreateAsync("stty raw; head -c 1 >/dev/null; printf more; exec cat");
        var began = session.End;

        var view = await TerminalLab.View.AttachAsync(
            session,
            new AttachFrom(null, Snapshot: true),
            before: async viewer =>
            {
                await session.InputAsync(viewer, 0, "k"u8.ToArray(), CancellationToken.None);
                await ReachesAsync(session, began + 4);
            }
        );

        (await view.TakeAsync(Opcode.Snapshot)).Length.ShouldBeGreaterThan(0);
        view.Passed.ShouldNotContain(Opcode.Gap);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task ATerminalThatNobodyUses_SaysWhenItEnds_IsKept_AndEnds()
    {
        var session = await lab.CreateAsync("exec sleep 1000");
        lab.Time.Now += TimeSpan.FromHours(19);
        lab.Time.Tick();
        session.IdleEnd.ShouldBeNull();
        lab.Time.Now += TimeSpan.FromHours(1);
        lab.Time.Tick();
        await UntilAsync(() => session.IdleEnd is not null);
        session.IdleEnd.ShouldBe(session.LastUsed + TimeSpan.FromHours(24));

        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));
        ((string)(await view.JsonAsync(Opcode.Notice))["kind"]!).ShouldBe("idle");
        session.Detach(view.Viewer);
        lab.Time.Now += TimeSpan.FromHours(20);
        lab.Time.Tick();
        await UntilAsync(() => session.IdleEnd is not null);
        session.Keep();
        session.IdleEnd.ShouldBeNull();
        lab.Time.Now += TimeSpan.FromHours(25);
        lab.Time.Tick();
        await EndsAsync(session);

        session.Record.Exit!.Reason.ShouldBe("closed by the idle limit");
    }

    [Fact]
    public async Task AViewerThatMayOnlyLook_IsTold_AndCounted()
    {
        var session = await lab.CreateAsync("exec cat");
        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false), mayWrite: false);

        await session.InputAsync(view.Viewer, 0, "x"u8.ToArray(), CancellationToken.None);
        await session.ResizeAsync(view.Viewer, 100, 30, CancellationToken.None);

        ((string)(await view.JsonAsync(Opcode.Error))["code"]!).ShouldBe("read_only");
        ((string)(await view.JsonAsync(Opcode.Error))["code"]!).ShouldBe("read_only");
        view.Viewer.Refused.ShouldBe(2);
        (session.Record.Columns, session.LastInput).ShouldBe((80, null));
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task BeforeTheServerEnds_ViewersAreTold_AndSentAway()
    {
        var session = await lab.CreateAsync("exec cat");
        var view = await TerminalLab.View.AttachAsync(session, new AttachFrom(0, Snapshot: false));

        session.SayRestart("It is restarted.", null);

        var notice = await view.JsonAsync(Opcode.Notice);
        ((string)notice["kind"]!, (string)notice["message"]!).ShouldBe(("restart", "It is restarted."));
        (await view.End.WaitAsync(SandboxLab.Patience)).ShouldBe(ViewEnd.Restart);
        session.Detach(view.Viewer);
        await lab.Service.CloseAsync(session, "the test", CancellationToken.None);
    }

    [Fact]
    public async Task AnEndedTerminal_CanBeReadFor15Minutes()
    {
        var session = await lab.CreateAsync("exit 0");
        await EndsAsync(session);
        lab.Time.Now = session.Record.Exit!.Time + TimeSpan.FromMinutes(15);
        lab.Time.Tick();
        lab.Service.Find(session.Id).ShouldNotBeNull();

        lab.Time.Now += TimeSpan.FromSeconds(1);
        lab.Time.Tick();
        await UntilAsync(() => lab.Service.Find(session.Id) is null);
    }

    /// <summary>Until the server has read that much.</summary>
    internal static Task ReachesAsync(TerminalSession session, long offset) => UntilAsync(() => session.End >= offset);

    private static Task EndsAsync(TerminalSession session) => UntilAsync(() => session.Record.Exit is not null);

    internal static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(SandboxLab.Patience);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
