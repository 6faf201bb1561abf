namespace Caisson.Sandboxes;

/// <summary>The public certificate authorities that this machine trusts.</summary>
public static class TrustRoots
{
    public const string SystemBundle = "/etc/ssl/certs/ca-certificates.crt";

    private static volatile Bundle _last = new(default, -1, "");

    /// <summary>The system's roots as PEM; read again when the file has changed, and the same object while it has not.</summary>
    public static string System
    {
        get
        {
            var file = new FileInfo(SystemBundle);
            var last = _last;
            if (!file.Exists)
                return "";
            if (last.Changed != file.LastWriteTimeUtc || last.Length != file.Length)
                _last = last = new Bundle(file.LastWriteTimeUtc, file.Length, File.ReadAllText(SystemBundle));
            return last.Pem;
        }
    }

    /// <summary>The system's roots followed by one more certificate, as PEM. The bundle serves routes that are not intercepted, too.</summary>
    public static string With(string certificatePem) => System + "\n" + certificatePem;

    private sealed record Bundle(DateTime Changed, long Length, string Pem);
}
