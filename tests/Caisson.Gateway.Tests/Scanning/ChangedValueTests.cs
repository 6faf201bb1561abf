using System.Net;
using Caisson.Credentials;
using Caisson.Gateway.Tests.Fixtures;

namespace Caisson.Gateway.Tests.Scanning;

/// <summary>A credential whose value changes while its sandbox runs is looked for by its new value, and by the old one for a while.</summary>
public sealed class ChangedValueTests
{
    private const string Old = "vK8-s3cr3t+Value/91ZqLm";
    private const string New = "Tn4_0ther=Secret.77PwXcd";

    [Fact]
    public async Task LearnsANewValue_AndForgetsTheOldOneAfterTenMinutes()
    {
        var clock = new ShiftedTime();
        var credentials = Give(new TestCredentials(), Old);
        var state = new Caisson.Gateway.Http.ExitState(
            Caisson.Policy.Decisions.RouteTable.Compile([]),
            credentials,
            new Dictionary<string, Secret>(StringComparer.Ordinal),
            Caisson.Detection.Findings.Fingerprints.Ephemeral(),
            clock
        );
        await state.LearnSecretsAsync(default);
        Finds(Old).ShouldBeTrue();
        Finds(New).ShouldBeFalse();

        Give(credentials, New);
        await state.RefreshAsync(default);
        Finds(New).ShouldBeFalse("It is looked at again after some seconds.");
        clock.Shift += TimeSpan.FromSeconds(5);
        await state.RefreshAsync(default);
        Finds(New).ShouldBeTrue();
        Finds(Old).ShouldBeTrue();

        Give(credentials, null);
        clock.Shift += TimeSpan.FromMinutes(9.9);
        await state.RefreshAsync(default);
        Finds(Old).ShouldBeTrue();
        clock.Shift += TimeSpan.FromMinutes(0.2);
        await state.RefreshAsync(default);
        Finds(Old).ShouldBeFalse();
        Finds(New).ShouldBeTrue("What can't be had at the moment is still a secret.");

        bool Finds(string value) => state.Scanner.Scanner.Scan(System.Text.Encoding.ASCII.GetBytes(value)).Count > 0;
    }

    [Fact]
    public async Task Denies_TheNewValue_InTheNextRequestAfterSomeSeconds()
    {
        var clock = new ShiftedTime();
        var credentials = Give(new TestCredentials(), Old);
        await using var lab = await Lab.StartAsync(
            [Lab.Route("a.example")],
            [await TestUpstream.StartAsync("a.example")],
            credentials,
            time: clock
        );
        using var http = lab.Http();
        (await SendAsync(New)).ShouldBe(HttpStatusCode.OK);

        Give(credentials, New);
        clock.Shift = TimeSpan.FromSeconds(6);

        (await SendAsync(New)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(Old)).ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> SendAsync(string text)
        {
            using var answer = await http.PostAsync("https://a.example/", new StringContent(text));
            return answer.StatusCode;
        }
    }

    private static TestCredentials Give(TestCredentials credentials, string? value) =>
        credentials.Add("deploy", "placeholder-7f3k9q2m5x8z", new InjectionScheme(InjectionKind.Bearer), value, "own.example");

    // The real clock, some seconds ahead: timers of the server go on as ever.
    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
    }
}
