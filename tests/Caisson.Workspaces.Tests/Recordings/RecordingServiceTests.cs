using Caisson.Identity.Audit;
using Caisson.Policy.Manifest;
using Caisson.Storage;
using Caisson.Terminals.Recordings;
using Caisson.Workspaces.Recordings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caisson.Workspaces.Tests.Recordings;

public sealed class RecordingServiceTests : IAsyncLifetime
{
    private readonly string home = Directory.CreateTempSubdirectory("caisson-rec-").FullName;
    private readonly StoppedTime time = new();
    private Database database = null!;
    private RecordingService service = null!;

    public ValueTask InitializeAsync()
    {
        database = Database.Open(Path.Combine(home, "state.db"));
        service = Open(new RecordingLimits());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        database.Dispose();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Events_ComeBackAsTheyWere_WithTheirTimes()
    {
        using var recorder = Begin();
        recorder.Output(0, "one "u8);
        time.Now += TimeSpan.FromSeconds(2);
        recorder.Output(4, [0xC3]);
        recorder.Output(5, [0xBC]);
        recorder.Resize(100, 30);
        recorder.End(0, "exited 0");
        service.Close(recorder);

        (await ReadAsync(recorder.Info)).ShouldBe([
            new(TimeSpan.Zero, 'o', "one "),
            new(TimeSpan.FromSeconds(2), 'o', "ü"),
            new(TimeSpan.FromSeconds(2), 'r', "100x30"),
            new(TimeSpan.FromSeconds(2), 'x', "0"),
        ]);
        service.Verify(recorder.Info).ShouldBeNull();
    }

    [Fact]
    public async Task OutputThatIsThereAlready_IsLeftOut_AndAHoleIsMarked()
    {
        using var recorder = Begin();
        recorder.Output(0, "abcd"u8);
        recorder.Output(2, "cdef"u8);
        recorder.Output(10, "k"u8);
        recorder.End(0, "exited 0");
        service.Close(recorder);

        var events = await ReadAsync(recorder.Info);

        string.Concat(events.Where(one => one.Code == 'o').Select(one => one.Data)).ShouldBe("abcdefk");
        events.Single(one => one.Code == 'm').Data.ShouldBe("gap - 4 bytes of output were lost and are not recorded");
    }

    [Fact]
    public async Task AtItsLimit_ItIsCut_WithAMark_AndTells()
    {
        await service.DisposeAsync();
        service = Open(new RecordingLimits { LargestBytes = 1 << 20 });
        using var recorder = Begin();
        string? told = null;
        recorder.Failed = why => told = why;
        var random = new Random(3);
        var bytes = new byte[100_000];
        for (var at = 0; told is null; at += bytes.Length)
        {
            random.NextBytes(bytes);
            recorder.Output(at, bytes);
            at.ShouldBeLessThan(20 << 20);
        }
        service.Close(recorder);

        told.ShouldBe("it has reached 1 MiB");
        (await ReadAsync(recorder.Info))[^1].Data.ShouldBe("cut - the recording has reached 1 MiB and ends here");
        recorder.Info.Bytes.ShouldBeLessThanOrEqualTo(1 << 20);
        service.Verify(recorder.Info).ShouldBeNull();
    }

    [Fact]
    public void WhatCanNotBeWritten_EndsIt_AndTellsWhy()
    {
        var info = Info();
        var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var recorder = new Recorder(
            info,
            full,
            new byte[32],
            (RecordingChain.Begin(info.Id), 0, 0, default),
            () => Caisson.Credentials.Masking.KnownSecretMask.None,
            new RecordingLimits(),
            time
        );
        string? told = null;
        recorder.Failed = why => told = why;

        recorder.Output(0, "x"u8);
        recorder.Flush();

        told!.ShouldContain("No space left on device");
        (recorder.IsOver, recorder.Info.EndReason).ShouldBe((true, told));
        recorder.Dispose();
    }

    [Fact]
    public async Task AfterItsTime_ItIsDeleted_UnlessItIsHeld_AndThatIsRecorded()
    {
        var (old, held) = (Ended(), Ended());
        service.Hold(held, true).ShouldBeTrue();
        time.Now += TimeSpan.FromDays(29);
        time.Tick();
        service.List().Count.ShouldBe(2);
        time.Now += TimeSpan.FromDays(2);

        time.Tick();

        service.List().ShouldHaveSingleItem().Id.ShouldBe(held.Id);
        service.Missing().ShouldBeEmpty();
        new AccessLog(database, time).Of($"recording:{old.Id}")[^1].Event.Action.ShouldBe("recording.deleted");
        service.Delete(service.Find(held.Id)!).ShouldBeFalse();
        await service.DisposeAsync();
        service = Open(new RecordingLimits());
        service.List().ShouldHaveSingleItem().Held.ShouldBeTrue();
    }

    [Fact]
    public void AnotherInstallationsKey_OpensNothing()
    {
        var info = Ended();
        File.Delete(Path.Combine(home, "keys", "sealing.key"));
        var other = Open(new RecordingLimits());

        other.Verify(info).ShouldBe("a piece was changed, or lies where another one was");
    }

    [Fact]
    public void OneWhoseTerminalIsGone_HasEndedWithItsServer()
    {
        var recorder = Begin();
        recorder.Output(0, "x"u8);
        recorder.Flush();
        var next = Open(new RecordingLimits());

        next.EndOthers();

        next.Find(recorder.Info.Id)!.EndReason.ShouldBe("its terminal was gone when the server came back");
        next.Verify(next.Find(recorder.Info.Id)!).ShouldBeNull();
        recorder.Dispose();
    }

    private RecordingService Open(RecordingLimits limits)
    {
        Directory.CreateDirectory(Path.Combine(home, "keys"));
        Directory.CreateDirectory(Path.Combine(home, "recordings"));
        return new RecordingService(
            Path.Combine(home, "recordings"),
            SealingKey.Load(Path.Combine(home, "keys")),
            new AccessLog(database, time),
            limits,
            time,
            NullLogger<RecordingService>.Instance
        );
    }

    private RecordingInfo Ended()
    {
        var recorder = Begin();
        recorder.Output(0, "x"u8);
        recorder.End(0, "exited 0");
        service.Close(recorder);
        return recorder.Info;
    }

    private Recorder Begin() => service.Begin(Info(), () => Caisson.Credentials.Masking.KnownSecretMask.None, recordsInput: false);

    private RecordingInfo Info() =>
        new()
        {
            Id = Caisson.Identity.Identifier.New('r'),
            Workspace = "w-one",
            Sandbox = "one",
            Terminal = "t-one",
            Label = "shell",
            Mode = RecordingMode.On,
            Started = time.Now,
            Columns = 80,
            Rows = 24,
        };

    private async Task<List<CastEvent>> ReadAsync(RecordingInfo info)
    {
        var events = new List<CastEvent>();
        await foreach (var next in service.ReadAsync(info, follow: false, TestContext.Current.CancellationToken))
            events.Add(next);
        return events;
    }
}
