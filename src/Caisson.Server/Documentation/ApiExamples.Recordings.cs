using Caisson.Api;

namespace Caisson.Server.Documentation;

/// <summary>Messages of recordings.</summary>
internal static partial class ApiExamples
{
    private static IEnumerable<(Type Type, object Value)> OfRecordings()
    {
        var recording = new RecordingResponse
        {
            Id = Recording,
            Workspace = Workspace,
            Terminal = Terminal,
            Label = "bash",
            State = "ended",
            Mode = "on",
            Started = Time,
            Ended = Time.AddMinutes(1),
            EndReason = "exit 0",
            Duration = 60,
            Bytes = 2048,
            Columns = 80,
            Rows = 24,
            Held = false,
            Until = Time.AddDays(30),
        };
        yield return (typeof(RecordingResponse), recording);
        yield return (typeof(RecordingList), new RecordingList([recording], null, 1));
        yield return (typeof(RecordingHold), new RecordingHold(true));
        yield return (
            typeof(RecordingIndex),
            new RecordingIndex(
                recording,
                [new RecordingMark(12.5, "deny", "d-56f2by7dy4ww", "GET example.org/ no_route")],
                [new RecordingPause(20, 45)],
                [new RecordingSize(0, 80, 24)]
            )
        );
        yield return (typeof(RecordingMatches), new RecordingMatches(1, [new RecordingMatch(3.5, "error: no such file")], true));
        yield return (typeof(RecordingChecks), new RecordingChecks([new RecordingCheck(Recording, null)]));
    }
}
