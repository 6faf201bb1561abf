using Caisson.Agents.Tests.RealClis;

namespace Caisson.Agents.Tests.Trust;

/// <summary>
/// Each stack makes a verified TLS call to a host that only the sandbox's authority vouches for, by the variables and Java's store alone. Rust
/// is Codex, in the tests of the real CLIs.
/// </summary>
public sealed class TrustTests
{
    private const string Url = "https://example.org/docs/page";

    public static TheoryData<string, string, string> Programs =>
        new()
        {
            { "curl", "/usr/bin/curl", $"curl -sS {Url}" },
            { "Node", "/usr/bin/node", $"node -e \"fetch('{Url}').then(r => r.text()).then(t => process.stdout.write(t))\"" },
            { "Python", "/usr/bin/python3", $"python3 -c \"import urllib.request as u; print(u.urlopen('{Url}').read().decode())\"" },
            {
                "OpenSSL",
                "/usr/bin/openssl",
                $"printf 'GET /docs/page HTTP/1.0\\r\\nHost: example.org\\r\\n\\r\\n' | openssl s_client -quiet -verify_return_error -servername example.org example.org:443"
            },
            { ".NET", "/bin/sh", $"\"$LAB_DOTNET\" /lab/bin/Caisson.VendorStandIns.dll --get {Url}" },
            {
                "Go",
                "/usr/bin/go",
                $"printf '%s' '{GoProgram}' >/tmp/main.go && HOME=/tmp CGO_ENABLED=0 GO111MODULE=off go run /tmp/main.go"
            },
            { "Java", "/usr/bin/java", $"printf '%s' '{JavaProgram}' >/tmp/Main.java && java -Xint /tmp/Main.java" },
        };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task TrustsTheSandboxsAuthority(string stack, string program, string command)
    {
        // Go and Java are not among the packages that ./dev installs; the others have to be there in CI.
        var optional = stack is "Go" or "Java" || Environment.GetEnvironmentVariable("CI") is null;
        Assert.SkipWhen(optional && !File.Exists(program), $"{program} is not installed, so {stack} can't be tried.");
        await using var lab = await CliLab.CreateAsync("sh", "-c", command);

        var (_, output, error) = await lab.RunAsync();

        output.ShouldContain("Stand-in documentation: page", customMessage: error);
    }

    [Fact]
    public async Task Git_TrustsTheSandboxsAuthority()
    {
        await using var lab = await CliLab.CreateAsync("git", "ls-remote", "https://example.org/missing.git");

        var (_, _, error) = await lab.RunAsync();

        // It speaks to the server and hears that there is no such repository; a certificate it can't check would be named.
        error.ShouldContain("https://example.org/missing.git");
        error.ShouldNotContain("certificate", Case.Insensitive);
        lab.Requests.ShouldContain(request => request.Contains("example.org/missing.git/info/refs"));
    }

    [Fact]
    public async Task NothingIsTrusted_WithoutTheVariables()
    {
        await using var lab = await CliLab.CreateAsync("sh", "-c", $"env -i curl -sS {Url}");

        var (exitCode, _, error) = await lab.RunAsync();

        exitCode.ShouldBe(60, error);
    }

    private const string GoProgram = """
        package main
        import ("fmt"; "io"; "net/http")
        func main() {
          answer, err := http.Get("https://example.org/docs/page")
          if err != nil { panic(err) }
          text, _ := io.ReadAll(answer.Body)
          fmt.Println(string(text))
        }
        """;

    private const string JavaProgram = """
        public class Main {
          public static void main(String[] args) throws Exception {
            try (var body = new java.net.URL("https://example.org/docs/page").openStream()) {
              System.out.println(new String(body.readAllBytes()));
            }
          }
        }
        """;
}
