using System.Net;
using Caisson.Server.Configuration;

namespace Caisson.Server.Tests.Configuration;

public sealed class ServerOptionsReaderTests : IDisposable
{
    private readonly TemporaryHome home = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public ServerOptionsReaderTests() => variables["CAISSON_HOME"] = home.Path;

    public void Dispose() => home.Dispose();

    private ServerConfiguration Read(params string[] arguments) =>
        new ServerOptionsReader(name => variables.GetValueOrDefault(name)).Read(arguments);

    [Fact]
    public void NothingWritten_GivesTheDefaultsOfTheTable()
    {
        var configuration = Read();

        configuration.Errors.ShouldBeEmpty();
        configuration.Options.Listen.ShouldBe(new IPEndPoint(IPAddress.Loopback, 7180));
        configuration.Options.LogLevel.ShouldBe("information");
        configuration.Values.ShouldAllBe(value => value.Origin == "default");
    }

    [Fact]
    public void Flag_WinsOverVariable_OverFile_OverDefault()
    {
        home.With("log: { level: error }\nserver: { listen: none }\n");
        Level().ShouldBe(("error", "caisson.yaml:1"));

        variables["CAISSON_LOG__LEVEL"] = "warning";
        Level().ShouldBe(("warning", "CAISSON_LOG__LEVEL"));

        Level("--log-level", "debug").ShouldBe(("debug", "--log-level"));

        (string, string) Level(params string[] arguments)
        {
            var configuration = Read(arguments);
            configuration.Errors.ShouldBeEmpty();
            configuration.Options.Listen.ShouldBeNull();
            return (configuration.Options.LogLevel, configuration.Values.Single(value => value.Setting.Key == "log.level").Origin);
        }
    }

    [Fact]
    public void Variable_IsNamedInItsError()
    {
        variables["CAISSON_DRIVER"] = "nonsense";
        Read().Errors.ShouldHaveSingleItem().ShouldStartWith("CAISSON_DRIVER: driver: 'nonsense' is no driver");
    }

    [Fact]
    public void ListVariable_IsSplitAtCommas()
    {
        variables["CAISSON_GATEWAY__RESOLVE"] = "a.example:443:127.0.0.1, b.example:443:127.0.0.2:8443";
        Read().Options.Resolve.ShouldBe(["a.example:443:127.0.0.1", "b.example:443:127.0.0.2:8443"]);
    }

    [Fact]
    public void RepeatableFlag_Collects_AndASingleOneGivenTwiceIsAnError()
    {
        Read("--resolve", "a.example:443:127.0.0.1", "--resolve=b.example:443:127.0.0.2").Options.Resolve.Count.ShouldBe(2);
        Read("--log-level", "debug", "--log-level=error").Errors.ShouldBe(["--log-level: given twice."]);
    }

    [Theory]
    [InlineData("0.0.0.0:7180")]
    [InlineData("192.0.2.1:7180")]
    [InlineData("[::]:7180")]
    public void Refuses_AnAddressThatOtherMachinesReach_WithoutTls(string listen)
    {
        string[] remote = ["--listen", listen, "--auth-local-allow-remote", "true", "--public-url", "https://caisson.example"];
        var error = Read(remote).Errors.ShouldHaveSingleItem();
        error.ShouldContain("can be reached from other machines without TLS");
        error.ShouldContain("server.insecure_http: true");

        Read([.. remote, "--insecure-http", "true"]).Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--listen", "here", "'here' is no address and port")]
    [InlineData("--listen", "127.0.0.1", "'127.0.0.1' is no address and port")]
    [InlineData("--insecure-http", "maybe", "'maybe' is neither true nor false")]
    [InlineData("--upstream-ca", "/nowhere/ca.pem", "'/nowhere/ca.pem' does not exist")]
    [InlineData("--resolve", "a.example", "a.example")]
    [InlineData("--workspace-stop-seconds", "0", "'0' is no number of seconds from 1 to 600")]
    [InlineData("--workspace-stop-seconds", "601", "'601' is no number of seconds from 1 to 600")]
    [InlineData("--workspace-stop-seconds", "30s", "'30s' is no number of seconds from 1 to 600")]
    [InlineData("--log-level", "loud", "known: debug, information, warning, error")]
    public void Refuses_AValueOfTheWrongType_AndNamesFlagAndReason(string flag, string value, string reason)
    {
        var error = Read(flag, value).Errors.ShouldHaveSingleItem();
        error.ShouldStartWith(flag + ": ");
        error.ShouldContain(reason);
    }

    [Theory]
    [InlineData("no certificate", "holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "can't be read as PEM certificates")]
    public void Refuses_AFileOfRootsWithoutRoots_BeforeAnythingStarts(string content, string reason)
    {
        var file = home.File("ca.pem");
        File.WriteAllText(file, content);
        home.With($"gateway: {{ upstream_ca: {file} }}\n");
        var error = Read().Errors.ShouldHaveSingleItem();
        error.ShouldStartWith("caisson.yaml:1: gateway.upstream_ca: ");
        error.ShouldContain(file);
        error.ShouldContain(reason);
    }

    [Fact]
    public void EveryPlacesErrors_AreReportedTogether()
    {
        home.With("log: { levl: debug }\nserver: { listen: 7 }\n");
        variables["CAISSON_DRIVER"] = "warp";

        var errors = Read("--bogus", "--insecure-http=maybe").Errors;

        errors.Count.ShouldBe(5);
        errors.ShouldContain(error => error.StartsWith("--bogus: unknown option", StringComparison.Ordinal));
        errors.ShouldContain(error => error.Contains("caisson.yaml:1:8: log.levl: unknown key", StringComparison.Ordinal));
        errors.ShouldContain(error => error.StartsWith("caisson.yaml:2: server.listen:", StringComparison.Ordinal));
        errors.ShouldContain(error => error.StartsWith("CAISSON_DRIVER: driver:", StringComparison.Ordinal));
        errors.ShouldContain(error => error.StartsWith("--insecure-http: ", StringComparison.Ordinal));
    }

    [Fact]
    public void ATruthValuesFlag_NeedsNoWord()
    {
        Read("--stop-workspaces").Options.StopWorkspaces.ShouldBeTrue();
        var options = Read("--stop-workspaces", "--log-level", "debug").Options;
        (options.StopWorkspaces, options.LogLevel).ShouldBe((true, "debug"));
        Read("--stop-workspaces", "false").Options.StopWorkspaces.ShouldBeFalse();
        Read("--stop-workspaces=false").Options.StopWorkspaces.ShouldBeFalse();
        Read("--log-level").Errors.ShouldHaveSingleItem().ShouldContain("a value is missing");
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("2", true)]
    [InlineData("600", true)]
    [InlineData("601", false)]
    public void TheTimeOfAStop_HasARange(string seconds, bool fits) => Read("--stop-seconds", seconds).Errors.Any().ShouldBe(!fits);

    [Fact]
    public void MistypedFlag_NamesTheNearest() =>
        Read("--listn", "none").Errors[0].ShouldStartWith("--listn: unknown option; did you mean '--listen'?");

    [Fact]
    public void NoHome_IsAnErrorInWords()
    {
        variables.Clear();
        Read().Errors.ShouldHaveSingleItem().ShouldContain("set CAISSON_HOME");
    }
}
