using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Caisson.Server.Tests.Hosting;

public sealed class ServerStartTests
{
    [Fact]
    public async Task SecondServerOfAHome_EndsWith75_AndNamesTheFirst()
    {
        await using var first = await RealServer.StartAsync();

        var (code, _, errors) = await RealServer.RunAsync(first.Home, "--listen", "127.0.0.1:0");

        code.ShouldBe(75);
        errors.ShouldContain($"another server (pid {first.ProcessId.ToString(CultureInfo.InvariantCulture)})");
        (await first.OverSocket().GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task PortInUse_IsOneMessageWithItsRemedy_AndLeavesNothing()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var home = new TemporaryHome();

        var (code, output, errors) = await RealServer.RunAsync(home, "--listen", other.LocalEndpoint.ToString()!);

        code.ShouldBe(75);
        output.ShouldBeEmpty();
        errors.ShouldContain($"{other.LocalEndpoint} is in use by another program");
        errors.ShouldContain("fix: ");
        errors.ShouldNotContain("   at ");
        File.Exists(home.File("caisson.sock")).ShouldBeFalse();
        File.Exists(home.File("state.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task InTheBackground_ATakenDefaultPort_IsNoHindrance_AndIsLogged()
    {
        using var other = TakeDefaultPort();

        await using var server = await RealServer.StartAsync(new TemporaryHome(), "--background");

        server.Address.Port.ShouldNotBe(7180);
        (await server.OverTcp(server.Token).GetStringAsync("/api/v1/version")).ShouldContain(
            $"\"listen\":\"{server.Address.ToString().TrimEnd('/')}\""
        );
        (await File.ReadAllTextAsync(server.Home.File("logs/server.log"))).ShouldContain("127.0.0.1:7180 is in use by another program");
    }

    [Fact]
    public async Task InTheForeground_ATakenDefaultPort_EndsTheStart()
    {
        using var other = TakeDefaultPort();
        using var home = new TemporaryHome();
        var (code, _, errors) = await RealServer.RunAsync(home);
        code.ShouldBe(75);
        errors.ShouldContain("127.0.0.1:7180 is in use by another program");
    }

    [Fact]
    public async Task InTheBackground_APortThatWasAskedFor_IsNotReplaced()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var home = new TemporaryHome();
        home.With($"server: {{ listen: \"{other.LocalEndpoint}\" }}\n");
        var (code, _, errors) = await RealServer.RunAsync(home, "--background");
        code.ShouldBe(75);
        errors.ShouldContain($"{other.LocalEndpoint} is in use");
    }

    [Fact]
    public async Task EveryAnswer_CarriesTheVersion()
    {
        await using var server = await RealServer.StartAsync();
        using var http = server.OverSocket();
        var answer = await http.GetAsync("/api/v1/sandboxes");
        answer.Headers.GetValues("Caisson-Version").ShouldHaveSingleItem().ShouldMatch("^[0-9]+\\.[0-9]+");
    }

    /// <summary>Null when another program of this machine has it already, which is the same to the server.</summary>
    private static TcpListener? TakeDefaultPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 7180);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    [Fact]
    public async Task ListeningLine_NamesThePortThatTheKernelChose()
    {
        await using var server = await RealServer.StartAsync();

        server.Address.Port.ShouldBeGreaterThan(0);
        (await server.OverTcp(null).GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task StaleSocketOfADeadServer_IsReplaced()
    {
        using var home = new TemporaryHome();
        await File.WriteAllTextAsync(home.File("caisson.sock"), "");
        await File.WriteAllTextAsync(home.File("server.lock"), "");
        await File.WriteAllTextAsync(home.File("server.lock.pid"), "1");

        var (code, _, errors) = await RealServer.RunAsync(home, "--listen", "bad");
        code.ShouldBe(78, errors);

        await using var server = await RealServer.StartAsync(home);
        (await server.OverSocket().GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task HomeThatIsAFile_IsRefusedWithItsName()
    {
        using var home = new TemporaryHome();
        var file = home.File("not-a-directory");
        await File.WriteAllTextAsync(file, "");

        var (code, _, errors) = await RealServer.RunInAsync(file);

        code.ShouldBe(78);
        errors.ShouldContain(file);
        errors.ShouldContain("CAISSON_HOME");
    }

    [Fact]
    public async Task BrokenCaFile_IsRefusedWithItsName()
    {
        using var home = new TemporaryHome();
        var file = home.File("ca.pem");
        await File.WriteAllTextAsync(file, "no certificate");

        var (code, _, errors) = await RealServer.RunAsync(home, "--listen", "none", "--upstream-ca", file);

        code.ShouldBe(78);
        errors.ShouldContain(file);
        errors.ShouldNotContain("   at ");
        File.Exists(home.File("caisson.sock")).ShouldBeFalse();
    }

    [Fact]
    public async Task Home_BelongsToItsUserAlone()
    {
        await using var server = await RealServer.StartAsync();

        const UnixFileMode private600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(server.Home.File("caisson.sock")).ShouldBe(private600);
        File.GetUnixFileMode(server.Home.File("token")).ShouldBe(private600);
        File.GetUnixFileMode(server.Home.File("keys")).ShouldBe(private600 | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Help_ListsTheSettings()
    {
        using var home = new TemporaryHome();
        var (code, output, _) = await RealServer.RunAsync(home, "--help");
        code.ShouldBe(0);
        output.ShouldContain("--upstream-ca");
        Directory.EnumerateFileSystemEntries(home.Path).ShouldBeEmpty();
    }
}
