namespace Caisson.Sandboxes.Bubblewrap;

/// <summary>The <c>/etc</c> of a sandbox: made from nothing, so that no account, host name or setting of the host shows.</summary>
internal static class EtcDirectory
{
    /// <summary>Mount points for the host's own directories that <see cref="BubblewrapArguments"/> binds.</summary>
    private static readonly string[] MountDirectories = ["alternatives", "ld.so.conf.d", "fonts", "java-17-openjdk", "terminfo", "pki"];
    private static readonly string[] MountFiles = ["ld.so.cache", "ld.so.conf", "mime.types"];

    internal static void Write(string directory, SandboxSpec spec)
    {
        Directory.CreateDirectory(directory);
        foreach (var name in MountDirectories)
            Directory.CreateDirectory(Path.Combine(directory, name));
        foreach (var name in MountFiles)
            File.WriteAllBytes(Path.Combine(directory, name), []);

        Put(
            "passwd",
            "root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:1000:1000:agent:/home/agent:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        );
        Put("group", "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n");
        Put("hostname", spec.Id + "\n");
        Put("hosts", $"127.0.0.1 localhost {spec.Id}\n::1 localhost {spec.Id}\n");
        // One attempt: the resolver is PID 1 on loopback, so an answer that is late will not come.
        Put("resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1 edns0\n");
        Put("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        Put("host.conf", "multi on\n");
        Put("services", Host("services"));
        Put("protocols", Host("protocols"));
        Put("os-release", Host("os-release"));
        Put("debian_version", Host("debian_version"));
        Put("localtime", File.Exists("/etc/localtime") ? File.ReadAllBytes("/etc/localtime") : []);
        Put("shells", "/bin/sh\n/bin/bash\n");
        Put("profile", "[ -d /etc/profile.d ] && for f in /etc/profile.d/*.sh; do [ -r \"$f\" ] && . \"$f\"; done\n");
        Put("bash.bashrc", "[ -n \"$PS1\" ] && PS1='\\u@\\h:\\w\\$ '\n");
        Put("gitconfig", "[safe]\n\tdirectory = *\n");

        Directory.CreateDirectory(Path.Combine(directory, "ssl", "certs"));
        Put("ssl/certs/ca-certificates.crt", spec.TrustBundle);
        File.Delete(Path.Combine(directory, "ssl", "cert.pem"));
        File.CreateSymbolicLink(Path.Combine(directory, "ssl", "cert.pem"), "certs/ca-certificates.crt");
        Directory.CreateDirectory(Path.Combine(directory, "ssl", "certs", "java"));
        Put("ssl/certs/java/cacerts", spec.JavaTrustStore);
        Put("ssl/openssl.cnf", Host("ssl/openssl.cnf"));

        void Put(string name, object content)
        {
            var path = Path.Combine(directory, name);
            if (content is string text)
                File.WriteAllText(path, text);
            else
                File.WriteAllBytes(path, (byte[])content);
        }
    }

    /// <summary>A file of the host that says nothing about its users, or nothing where the host has none.</summary>
    private static byte[] Host(string name) => File.Exists(Path.Combine("/etc", name)) ? File.ReadAllBytes(Path.Combine("/etc", name)) : [];
}
