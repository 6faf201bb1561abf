using System.Security.Cryptography;
using System.Text;

namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>
/// The <c>/etc</c> of sandboxes: made from nothing, so that no account, host name or setting of the host shows. What is the same for all is written
/// once and shared, read-only; only three files are a sandbox's own. Writing all of it at each start took half of the start.
/// </summary>
internal static class EtcDirectory
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Enter = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Mount points for the host's own directories that <see cref="BubblewrapArguments"/> binds.</summary>
    private static readonly string[] MountDirectories = ["alternatives", "ld.so.conf.d", "fonts", "java-17-openjdk", "terminfo", "pki"];
    private static readonly string[] MountFiles = ["ld.so.cache", "ld.so.conf", "mime.types"];

    /// <summary>Files and directories of a sandbox's own, and where they are below <c>/etc</c>.</summary>
    internal static readonly (string Name, string Target)[] Own =
    [
        ("hostname", "hostname"),
        ("hosts", "hosts"),
        ("ca-certificates.crt", "ssl/certs/ca-certificates.crt"),
        ("cacerts", "ssl/certs/java/cacerts"),
        (BrowserTrust.Directory, BrowserTrust.Directory),
    ];

    /// <summary>Writes the sandbox's own files.</summary>
    internal static void WriteOwn(string directory, SandboxSpec spec)
    {
        Directory.CreateDirectory(directory);
        Put(directory, "hostname", Text(spec.Id + "\n"));
        Put(directory, "hosts", Text($"127.0.0.1 localhost {spec.Id}\n::1 localhost {spec.Id}\n"));
        Put(directory, "ca-certificates.crt", Text(spec.TrustBundle));
        Put(directory, "cacerts", spec.JavaTrustStore);
        var browsers = Path.Combine(directory, BrowserTrust.Directory);
        MakeDirectory(browsers);
        foreach (var (name, content) in BrowserTrust.Files(spec.AuthorityPem))
            Put(browsers, name, content);
    }

    /// <summary>
    /// The shared part below <paramref name="root"/>, made when it is not there. Its name tells its content: another version gets another directory, and
    /// running sandboxes keep theirs.
    /// </summary>
    internal static string Shared(string root)
    {
        var files = Files();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files)
        {
            hash.AppendData(Text(name + "\0"));
            hash.AppendData(content);
        }
        foreach (var (link, target) in BrowserTrust.Links)
            hash.AppendData(Text($"{link}\0{target}\0"));
        var directory = Path.Combine(root, $".etc-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
        if (Directory.Exists(directory))
            return directory;

        var made = Directory.CreateDirectory(Path.Combine(root, $".etc-{Guid.NewGuid():N}"), ForAll | Enter).FullName;
        try
        {
            Fill(made, files);
            // Complete or not there at all, also for a second server.
            Directory.Move(made, directory);
        }
        catch (IOException exception)
        {
            Directory.Delete(made, recursive: true);
            if (StorageFull.Is(exception) || !Directory.Exists(directory))
                throw;
        }
        return directory;
    }

    private static void Fill(string made, List<(string Name, byte[] Content)> files)
    {
        string[] parents =
        [
            "ssl/certs/java",
            BrowserTrust.Directory,
            BrowserTrust.FirefoxPlace,
            "chromium.d",
            .. BrowserTrust.ChromiumPlaces,
        ];
        foreach (var name in MountDirectories.Concat(parents.SelectMany(Parents)))
            MakeDirectory(Path.Combine(made, name));
        foreach (var (name, content) in files)
            Put(made, name, content);
        foreach (var (link, target) in BrowserTrust.Links)
            File.CreateSymbolicLink(Path.Combine(made, link), target);
        File.CreateSymbolicLink(Path.Combine(made, "ssl/cert.pem"), "certs/ca-certificates.crt");
        File.SetUnixFileMode(made, ForAll | Enter);
    }

    private static List<(string Name, byte[] Content)> Files() =>
        [
            .. MountFiles
                .Concat(Own.Select(own => own.Target).Where(target => target != BrowserTrust.Directory))
                .Select(name => (name, Array.Empty<byte>())),
            ($"{BrowserTrust.FirefoxPlace}/policies.json", Text(BrowserTrust.FirefoxPolicy)),
            ("chromium.d/caisson", Text(BrowserTrust.DebianFlags)),
            (
                "passwd",
                Text(
                    "root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
                )
            ),
            ("group", Text("root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n")),
            // One attempt: the resolver is PID 1 on loopback, so an answer that is late will not come.
            ("resolv.conf", Text("nameserver 127.0.0.1\noptions timeout:2 attempts:1 edns0\n")),
            ("nsswitch.conf", Text("passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n")),
            ("host.conf", Text("multi on\n")),
            ("services", Host("services")),
            ("protocols", Host("protocols")),
            ("os-release", Host("os-release")),
            ("debian_version", Host("debian_version")),
            ("localtime", Host("localtime")),
            ("shells", Text("/bin/sh\n/bin/bash\n")),
            ("profile", Text("[ -d /etc/profile.d ] && for f in /etc/profile.d/*.sh; do [ -r \"$f\" ] && . \"$f\"; done\n")),
            ("bash.bashrc", Text("[ -n \"$PS1\" ] && PS1='\\u@\\h:\\w\\$ '\n")),
            ("gitconfig", Text("[safe]\n\tdirectory = *\n")),
            ("ssl/openssl.cnf", Host("ssl/openssl.cnf")),
        ];

    private static void Put(string directory, string name, byte[] content)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllBytes(path, content);
        // Whatever the server's own mask: the sandbox's user is another one when the server is root.
        File.SetUnixFileMode(path, ForAll);
    }

    private static void MakeDirectory(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, ForAll | Enter);
    }

    /// <summary>A directory below <c>/etc</c>, after those that it lies in.</summary>
    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
        yield return path;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A file of the host that says nothing about its users, or nothing where the host has none.</summary>
    private static byte[] Host(string name) => File.Exists(Path.Combine("/etc", name)) ? File.ReadAllBytes(Path.Combine("/etc", name)) : [];
}
