using Caisson.Policy.Decisions;
using Caisson.Policy.Hosts;

namespace Caisson.Credentials.Binds;

/// <summary>Whether a credential may go somewhere. The same reading of hosts and paths as routes have.</summary>
public static class BindMatcher
{
    /// <param name="bind">A place from the policy.</param>
    /// <param name="host">Canonical.</param>
    /// <param name="path">As sent, without query. Where the bind has a path prefix, one that could be read in two ways is not covered.</param>
    /// <param name="method">In any case.</param>
    public static bool Allows(CredentialBind bind, string host, int port, string path, string method)
    {
        if ((bind.Port ?? 443) != port || !HostPattern.TryParse(bind.Host, out var pattern, out _) || !pattern.Matches(host))
            return false;
        if (bind.Methods is { Count: > 0 } methods && !methods.Contains(method, StringComparer.OrdinalIgnoreCase))
            return false;
        return bind.PathPrefix is null || PathPrefix.Covers(bind.PathPrefix, path);
    }

    /// <summary>Whether any of a credential's places fits.</summary>
    public static bool Allows(SandboxCredential credential, string host, int port, string path, string method)
    {
        foreach (var bind in credential.Binds)
        {
            if (Allows(bind, host, port, path, method))
                return true;
        }
        return false;
    }
}
