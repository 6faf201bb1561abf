using Caisson.Server.Access;
using Caisson.Server.Configuration;
using Caisson.Server.Hosting;

namespace Caisson.Server.Tests.Documentation;

/// <summary><c>docs/limits.md</c> against what holds: each row has a test at its limit and beyond, each key is a setting, the numbers are those of the code.</summary>
public sealed class LimitsPageTests
{
    private static readonly Dictionary<string, string> Tests = new(StringComparer.Ordinal)
    {
        ["body of a request"] = "Server/LimitTests.ABody",
        ["request line"] = "Server/LimitTests.ARequestLine",
        ["headers of a request, together"] = "Server/LimitTests.AllHeadersTogether",
        ["time for the headers"] = "Server/LimitTests.HeadersThatTakeTooLong_EndTheConnection",
        ["slowness of a body"] = "Server/LimitTests.ABodyThatStops_EndsTheConnection",
        ["connections to `server.listen`, and as many to the Unix socket"] =
            "Server/LimitTests.Connections_BeyondTheLimit_End_AndTheUnixSocketIsFree",
        ["WebSockets at a time; no connection counts as both"] =
            "Server/RequestSafetyTests.WebSockets_OpenAtATime_AreLimited_AndAClosedOneMakesRoom",
        ["bytes typed into terminals without a WebSocket, for each credential; each request counts 256 more"] =
            "Server/RequestSafetyTests.TypingWithoutAWebSocket_IsCountedByItsBytes_AndLocksNobodyOut",
        ["requests to the API for each credential; without one for each address"] =
            "Server/RequestSafetyTests.TooManyRequests_AreToldWhenToComeBack_AndEachCredentialCountsAlone",
        ["tries to sign in for each address"] = "Server/RequestSafetyTests.TriesToSignIn_AreFew_AMinuteAndAnHour",
        ["WebSockets opened for each credential"] = "Server/RequestSafetyTests.WebSockets_AMinute_AreLimited",
        ["an orderly stop after SIGTERM"] = "Server/SignalTests.ARequestThatHangs_HoldsTheStopNoLongerThanItsLimit",
        ["the end of what runs in a workspace that is stopped"] = "Workspaces/StopTests.AProgramThatIgnoresIt_IsKilledAfterTheLimit",
        ["the login of a command line"] = "Server/DeviceLoginTests.ARefusedLogin_AndOneThatIsOver_GiveNothing",
        ["a mute of a health check"] = "Server/HealthTests.AnAdminsLink_IsARedEntry_AndCanBeMutedWithAReason",
        ["a search over workspaces"] = "Server/WorkspaceSearchTests.TwentyTerms_AreTheMost",
        ["people looked for, for each credential"] = "Server/WorkspaceListTests.Looking_IsLimited",
        ["what is looked for among people"] = "Server/LimitTests.WhatIsLookedForAmongPeople",
        ["files sent for each credential"] = "Server/FileLimitTests.Uploads_AMinute_AreLimited",
        ["a browser's session"] = "Identity/SessionSuite.Ends_AfterTwelveHoursWithoutUse",
        ["an admin session by `caisson auth link --admin`"] = "Identity/SessionSuite.AnAdminLink_GivesTenMinutes_AndKeepsItsReason",
        ["a login link"] = "Identity/SessionSuite.ALoginLink_EndsAfterTenMinutes_AndAnUnknownOneIsNobodys",
        ["an API token"] = "Identity/TokenSuite.Lives_AYearAtMost",
        ["a login that may make an API token"] = "Server/TokenEndpointsTests.AnOldLogin_MakesNoToken",
        ["settings of a person; a layout"] = "Server/LimitTests.SettingsOfAPerson_InBytes",
        ["open terminals of a workspace"] = "EndToEnd/LifecycleTests.FiftyAtOnce_NeverExceedTheLimit",
        ["viewers of a terminal"] = "EndToEnd/LifecycleTests.TheTwentyFirstViewer_IsRefused",
        ["a terminal without viewer and input"] = "Workspaces/TerminalSessionTests.ATerminalThatNobodyUses_SaysWhenItEnds_IsKept_AndEnds",
        ["an ended terminal's last screen"] = "Workspaces/TerminalSessionTests.AnEndedTerminal_CanBeReadFor15Minutes",
        ["a frame of a terminal's client"] = "Server/SharedTerminalTests.TheLongestFrame_IsTaken_AndAByteMoreClosesTheView",
        ["output ahead of the last acknowledgement"] =
            "Workspaces/TerminalSessionTests.AViewerThatStandsStill_IsSentOneMiB_AndClosedAfter60s_AndMayComeBack",
        ["last output that is kept of a terminal"] = "Workspaces/TerminalSessionTests.ARing_HasThePolicysSize_AndViewersAreToldWhatItHolds",
        ["last output of all terminals in memory"] =
            "Workspaces/RingMemoryTests.AtTheLimit_AllIsInMemory_AndBeyondIt_TheLongestIdleIsOnDisk",
        ["input that waits for a program"] = "Init/InputLimitTests.TwoMiB_Wait_AndWhatIsBeyondWaitsWithItsSender_UntilTheProgramReads",
        ["a file sent into a workspace; one fetched from it"] = "Server/FileLimitTests.AFile_MayHaveItsSize_AndNotAByteMore",
        ["`Idempotency-Key`"] = "Server/WorkspaceListTests.AnIdempotencyKey_GivesTheSameAnswer_AndRefusesAnotherRequest",
        ["jobs that run at a time"] = "Workspaces/JobRunnerTests.AsManyAsTheLimit_RunAtATime_AndTheNextWaits",
        ["a step of a job; a job"] = "Workspaces/JobRunTests.AStepOverItsLimit_Fails_WithWhatItSaidLast",
        ["what starts fetch together: one answer; all; unread"] =
            "Gateway/SharedFetchTests.WhatIsTooLarge_IsFetchedByEachAlone_AndTheOldestMakesRoom",
        ["the log of a step"] = "Workspaces/JobRunTests.ALog_IsCutAtItsLimit_WithAMark",
        ["events to resume within"] = "Workspaces/EventsKeptTests.TheLast10000_CanBeResumed_AndNothingBefore",
        ["a workspace without use"] = "Workspaces/HealthTests.WithoutUse_ItStops_AfterAWarning_AndUseOrAWordPutsThatOff",
        ["the home of a deleted workspace"] = "Workspaces/DeletionTests.AHome_GoesWhenItsTimeHasCome_AndNotBefore",
        ["a page of a list"] = "Server/LimitTests.APageOfAList",
    };

    [Fact]
    public void EveryRow_HasATest() => Rows().Select(row => row[0]).ShouldBe(Tests.Keys, ignoreOrder: true);

    [Fact]
    public void EveryTest_IsThere()
    {
        foreach (var test in Tests.Values)
        {
            var (project, name) = test.Split('/') is [var left, var right] ? (left, right.Split('.')) : throw new FormatException(test);
            var folder = Path.Combine(RepositoryFile.Root, "tests", $"Caisson.{project}.Tests");
            var files = Directory.EnumerateFiles(folder, name[0] + ".cs", SearchOption.AllDirectories).Select(File.ReadAllText);
            files.ShouldContain(text => text.Contains($" {name[1]}(", StringComparison.Ordinal), test);
        }
    }

    [Fact]
    public void EveryRow_SaysItsRange_AndWhatIsBeyond()
    {
        foreach (var row in Rows())
        {
            row.Count.ShouldBe(4);
            row.ShouldAllBe(cell => cell.Length > 0, row[0]);
            if (row[2].StartsWith("`limits.", StringComparison.Ordinal) || row[2].StartsWith("`server.", StringComparison.Ordinal))
                ServerSettings.All.ShouldContain(setting => setting.Key == row[2].Split('`', StringSplitOptions.None)[1], row[0]);
        }
    }

    [Fact]
    public void Numbers_AreThoseOfTheCode()
    {
        var limits = new RateLimits();
        var options = new ServerOptions { Home = "/home" };
        string Default(string limit) => Rows().Single(row => row[0].StartsWith(limit, StringComparison.Ordinal))[1];
        Default("requests to the API").ShouldBe($"{limits.Api} a minute");
        Default("tries to sign in").ShouldBe($"{limits.Login} a minute, {limits.LoginHour} an hour");
        Default("WebSockets opened").ShouldBe($"{limits.Socket} a minute");
        Default("WebSockets at a time").ShouldBe($"{limits.OpenSockets:N0}");
        Default("connections").ShouldBe($"{options.MostConnections:N0}");
        Default("files sent").ShouldBe($"{limits.Upload} a minute");
        Default("people looked for").ShouldBe($"{limits.Lookup} a minute");
        Default("bytes typed").ShouldBe($"{limits.InputBytes >> 20} MiB a minute");
        Default("time for the headers").ShouldBe($"{options.Headers.TotalSeconds} s");
        Default("an orderly stop")
            .ShouldBe(
                $"{options.Stop.TotalSeconds} s in all, {ServerApp.RequestsAtStop(options.Stop).TotalSeconds} s of them for requests"
            );
        Default("last output of all terminals").ShouldBe($"{options.TerminalRings >> 20:N0} MiB");
        Default("the home of a deleted").ShouldBe($"{options.KeepHomeDays} days");
    }

    private static List<List<string>> Rows() =>
        [
            .. RepositoryFile
                .Read("docs/limits.md")
                .Split('\n')
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Skip(1)
                .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim()).ToList()),
        ];
}
