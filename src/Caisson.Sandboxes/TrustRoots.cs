namespace Caisson.Sandboxes;

/// <summary>The public certificate authorities that this machine trusts.</summary>
public static class TrustRoots
{
    public const string SystemBundle = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>The system's roots followed by one more certificate, as PEM. The bundle serves routes that are not intercepted, too.</summary>
    public static string With(string certificatePem) =>
        (File.Exists(SystemBundle) ? File.ReadAllText(SystemBundle) : "") + "\n" + certificatePem;
}
