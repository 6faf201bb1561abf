using Caisson.EndToEnd.Tests.Lab;

namespace Caisson.EndToEnd.Tests.Network;

/// <summary>
/// Each tool, unmodified and without a word of configuration, fetches from a host that is intercepted, and refuses one whose certificate nobody
/// trusts. Published as docs/trust.md. Rust is Codex, in the tests of agents.
/// </summary>
public sealed class TrustMatrixTests(TrustMatrixTests.Sandbox sandbox) : IClassFixture<TrustMatrixTests.Sandbox>
{
    private const string Intercepted = "https://example.org/docs/page";
    private const string Untrusted = $"https://{UpstreamSites.Untrusted}/";

    /// <summary>A server of the sandbox's own at <c>localhost:9443</c> with a certificate that nobody trusts; its words go to <c>/tmp/log</c>.</summary>
    private const string ServeOnLoopback =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /tmp/key -out /tmp/crt -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null; "
        + "rm -f /tmp/up /tmp/log; mkfifo /tmp/up; openssl s_server -accept 9443 -key /tmp/key -cert /tmp/crt -www >/tmp/up 2>&1 & server=$!; "
        + "exec 3</tmp/up; while read -r line <&3; do case $line in ACCEPT*) break;; esac; done; cat <&3 >/tmp/log & ";

    /// <summary>Name, the program that has to be installed, and a script that prints what is at <c>$1</c>.</summary>
    public static TheoryData<string, string, string> Tools =>
        new()
        {
            { "curl", "curl", "curl -sS -m 30 \"$1\"" },
            { "wget", "wget", "wget -q -O - --timeout=30 \"$1\" || wget -O - --tries=1 \"$1\"" },
            { "Node fetch", "node", "node -e 'fetch(process.argv[1]).then(r => r.text()).then(console.log)' \"$1\"" },
            {
                "Node https",
                "node",
                "node -e 'require(\"https\").get(process.argv[1], r => r.pipe(process.stdout)).on(\"error\", e => { console.error(e); process.exit(1) })' \"$1\""
            },
            {
                "Python urllib",
                "python3",
                "/usr/bin/python3 -c 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())' \"$1\""
            },
            {
                "Python requests",
                "python3-requests",
                "/usr/bin/python3 -c 'import sys, requests; print(requests.get(sys.argv[1]).text)' \"$1\""
            },
            // It calls an end without TLS's own goodbye an error, although the answer was complete by its length.
            {
                "OpenSSL",
                "openssl",
                "host=${1#https://}; host=${host%%/*}; printf 'GET /docs/page HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' $host | openssl s_client -quiet -verify_return_error -servername $host $host:443; true"
            },
            {
                "Go",
                "go",
                "mkdir -p /tmp/go && cat >/tmp/go/main.go <<'END'\n"
                    + GoProgram
                    + "END\nGOCACHE=/tmp/go/cache GO111MODULE=off go run /tmp/go/main.go \"$1\""
            },
            { "Java", "java", "cat >/tmp/Main.java <<'END'\n" + JavaProgram + "END\njava -Xint /tmp/Main.java \"$1\"" },
            { "Ruby", "ruby", "ruby -ropen-uri -e 'puts URI.open(ARGV[0]).read' \"$1\"" },
            { "PHP", "php", "php -r 'echo file_get_contents($argv[1]);' \"$1\"" },
            { "Chromium", "chromium", "timeout 60 chromium --headless --no-sandbox --dump-dom \"$1\"" },
        };

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Fetches_FromAnInterceptedHost(string tool, string program, string script)
    {
        SkipUnlessInstalled(tool, program);
        (await sandbox.ShellAsync(script, Intercepted)).ShouldSucceed().Out.ShouldContain("Stand-in documentation: page");
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Refuses_AHostThatNobodyTrusts(string tool, string program, string script)
    {
        SkipUnlessInstalled(tool, program);
        var outcome = await sandbox.ShellAsync(script, Untrusted);
        outcome.All.ShouldNotContain("never seen");
        outcome.All.ShouldMatch("(?i)certificate|ERR_CERT|PKIX|CERT_AUTHORITY|net_error -20[0-9]");
    }

    /// <summary>Node alone needs its variable: it reads no system store.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> ToolsOfTheSystemsStore => Tools.Where(row => row.Data.Item2 != "node");

    [Theory]
    [MemberData(nameof(ToolsOfTheSystemsStore))]
    public async Task Fetches_WithoutAnyVariable(string tool, string program, string script)
    {
        SkipUnlessInstalled(tool, program);
        var outcome = await sandbox.ShellAsync("exec env -i PATH=\"$PATH\" HOME=\"$HOME\" bash -c \"$2\" bash \"$1\"", Intercepted, script);
        outcome.ShouldSucceed().Out.ShouldContain("Stand-in documentation: page");
    }

    [Fact]
    public async Task TheUntrustedHost_IsReached_ByAToolThatDoesNotLook() =>
        // Else the refusals above could have another cause.
        (await sandbox.ShellAsync("curl -sSk -m 30 \"$1\"", Untrusted))
            .ShouldSucceed()
            .Out.ShouldBe("never seen\n");

    [Fact]
    public async Task Git_ReadsFromAnInterceptedHost_AndRefusesTheOther()
    {
        (await sandbox.ShellAsync("git ls-remote \"$1\"", $"https://{UpstreamSites.Git}/project.git"))
            .ShouldSucceed()
            .Out.ShouldContain("refs/heads/main");
        var refused = await sandbox.ShellAsync("git ls-remote \"$1\"", $"{Untrusted}project.git");
        refused.Code.ShouldNotBe(0);
        refused.Error.ShouldContain("certificate");
    }

    /// <summary>What Playwright starts unless told otherwise. It reads no policy, but NSS's database.</summary>
    [Fact]
    public async Task ChromiumsHeadlessShell_FetchesFromAnInterceptedHost_AndRefusesAServerThatNobodyTrusts()
    {
        SkipUnlessInstalled("Chromium's headless shell", "chromium-headless-shell");
        const string dump = "timeout 60 chromium-headless-shell --no-sandbox --dump-dom \"$1\"";
        (await sandbox.ShellAsync(dump, Intercepted)).ShouldSucceed().Out.ShouldContain("Stand-in documentation: page");

        // Not the relayed host: it pretends to encrypt its ClientHello, and what does so is not relayed.
        var refused = await sandbox.ShellAsync(ServeOnLoopback + dump + "; kill $server", "https://localhost:9443/");
        refused.All.ShouldContain("ERR_CERT_AUTHORITY_INVALID");
    }

    [Fact]
    public async Task DotNet_FetchesFromAnInterceptedHost_AndRefusesTheOther()
    {
        SkipUnlessInstalled(".NET", "dotnet");
        var folder = Directory.CreateTempSubdirectory("ce-dotnet-").FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "Caisson.VendorStandIns.*"))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        await sandbox.BringAsync(folder, "/tmp/dotnet");
        Directory.Delete(folder, recursive: true);
        const string get = "DOTNET_EnableDiagnostics=0 dotnet /tmp/dotnet/Caisson.VendorStandIns.dll --get \"$1\"";

        (await sandbox.ShellAsync(get, Intercepted)).ShouldSucceed().Out.ShouldBe("Stand-in documentation: page\n");
        var refused = await sandbox.ShellAsync(get, Untrusted);
        refused.All.ShouldNotContain("never seen");
        refused.Error.ShouldContain("remote certificate is invalid");
    }

    [Fact]
    public async Task Firefox_FetchesFromAnInterceptedHost_AndRefusesAServerThatNobodyTrusts()
    {
        SkipUnlessInstalled("Firefox", "firefox-esr");
        const string shoot = "timeout 90 firefox-esr --headless --screenshot /tmp/firefox.png \"$1\" >/dev/null 2>&1; ";
        await sandbox.ShellAsync(shoot, "https://example.org/docs/firefox");
        sandbox.Seen.ShouldContain(request => request.Path == "/docs/firefox" && request.Status == 200);

        // Firefox tells the server why it leaves, and then shows a page that it never makes a picture of.
        const string untilItSaysWhy =
            "firefox-esr --headless --screenshot /tmp/refused.png \"$1\" >/dev/null 2>&1 & browser=$!; "
            + "until grep -q alert /tmp/log || ! kill -0 $browser; do sleep 0.2; done; kill $browser $server; cat /tmp/log";
        var refused = await sandbox.ShellAsync(ServeOnLoopback + untilItSaysWhy, "https://localhost:9443/");
        refused.Out.ShouldContain("alert");
        refused.Out.ShouldNotContain("GET / ");
    }

    [Theory]
    [InlineData("chromium")]
    [InlineData("chromium-headless-shell")]
    public async Task Playwright_OpensAPage(string browser)
    {
        SkipUnlessInstalled("Playwright", browser);
        SkipUnlessInstalled("Playwright", "node");
        await sandbox.BringAsync(await NpmPackage.FolderAsync("playwright-core", "1.65.1"), "/tmp/playwright");
        var script = $$"""
            const { chromium } = require('/tmp/playwright/node_modules/playwright-core');
            (async () => {
              const browser = await chromium.launch({ executablePath: '/usr/bin/{{browser}}' });
              const page = await browser.newPage();
              await page.goto('{{Intercepted}}');
              console.log(await page.innerText('body'));
              await browser.close();
            })().catch(error => { console.error(error); process.exit(1); });
            """;
        (await sandbox.ShellAsync("timeout 90 node -e \"$1\"", script)).ShouldSucceed().Out.ShouldContain("Stand-in documentation: page");
    }

    [Fact]
    public async Task NssAndBrowsers_TrustTheSandboxesNewAuthority_AfterAResume()
    {
        SkipUnlessInstalled("NSS's database", "certutil");
        const string script =
            "certutil -d sql:$HOME/.pki/nssdb -L -n 'Caisson sandbox' -a 2>/dev/null | grep -v NSS | tr -d '\\r\\n' && tr -d '\\n' </etc/caisson/ca.pem";
        var first = await sandbox.RunAsync("run", "--name", "resumed", "--yes", "--keep", "--", "sh", "-c", script);
        var second = await sandbox.RunAsync("resume", "resumed");
        await sandbox.RunAsync("rm", "resumed");

        foreach (var outcome in new[] { first, second })
        {
            var certificates = outcome.ShouldSucceed().Out.Split("-----BEGIN CERTIFICATE-----", StringSplitOptions.RemoveEmptyEntries);
            certificates.Length.ShouldBe(2, outcome.All);
            certificates[0].ShouldContain(certificates[1].Trim());
        }
        second.Out.ShouldNotBe(first.Out);
    }

    private static void SkipUnlessInstalled(string tool, string program)
    {
        var there =
            program == "python3-requests"
                ? Directory.Exists("/usr/lib/python3/dist-packages/requests")
                : File.Exists($"/usr/bin/{program}");
        // These come with ./dev; all others are tried where they are.
        var required = program is "curl" && Environment.GetEnvironmentVariable("CI") is not null;
        Assert.SkipWhen(!there && !required, $"{tool} can't be tried: {program} is not installed on this machine.");
    }

    private const string GoProgram = """
        package main
        import ("fmt"; "io"; "net/http"; "os")
        func main() {
          answer, err := http.Get(os.Args[1])
          if err != nil { panic(err) }
          text, _ := io.ReadAll(answer.Body)
          fmt.Println(string(text))
        }

        """;

    private const string JavaProgram = """
        public class Main {
          public static void main(String[] args) throws Exception {
            try (var body = new java.net.URL(args[0]).openStream()) {
              System.out.println(new String(body.readAllBytes()));
            }
          }
        }

        """;

    public sealed class Sandbox(SharedInstallation shared) : IAsyncLifetime
    {
        private const string Name = "trust";
        private Session session = null!;

        public async ValueTask InitializeAsync() =>
            session = await Session.StartSandboxAsync(shared.Installation, Name, "--policy", "trust");

        public async ValueTask DisposeAsync()
        {
            await shared.Installation.RunAsync("rm", Name);
            await session.DisposeAsync();
        }

        internal Task<Outcome> RunAsync(params string[] arguments) => shared.Installation.RunAsync(arguments);

        internal IReadOnlyList<VendorStandIns.Traffic.SeenRequest> Seen => shared.Installation.Vendors.Seen;

        /// <summary>Copies a directory of the host in, through the program's own input.</summary>
        internal async Task BringAsync(string source, string target)
        {
            var archive = Path.GetTempFileName();
            (await Command.RunAsync("tar", "-C", source, "-czf", archive, ".")).ShouldSucceed();
            var text = Convert.ToBase64String(await File.ReadAllBytesAsync(archive));
            File.Delete(archive);
            var start = shared.Installation.Describe([
                "exec",
                Name,
                "--",
                "sh",
                "-c",
                "mkdir -p \"$1\" && base64 -d | tar -C \"$1\" -xz",
                "sh",
                target,
            ]);
            (await Command.RunAsync(start, text)).ShouldSucceed();
        }

        internal Task<Outcome> ShellAsync(string script, params string[] arguments) =>
            shared.Installation.RunAsync(["exec", Name, "--", "bash", "-c", script, "bash", .. arguments]);
    }
}
