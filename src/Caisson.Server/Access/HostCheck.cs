namespace Caisson.Server.Access;

/// <summary>
/// (3) A request has to be for an address that is ours: else a web page whose name was pointed here (DNS rebinding) would speak to us as its own
/// server. Trusted proxies have names of their own for us.
/// </summary>
internal sealed class HostCheck(RequestDelegate next, AccessConfiguration configuration)
{
    private readonly HashSet<string> _names = Names(configuration);

    public Task InvokeAsync(HttpContext context)
    {
        var caller = Caller.Of(context);
        return caller.OverSocket || caller.ByTrustedProxy || _names.Contains(context.Request.Host.Host)
            ? next(context)
            : AccessAnswers.WrongHost(configuration).ExecuteAsync(context);
    }

    private static HashSet<string> Names(AccessConfiguration configuration)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
        if (configuration.Auth.PublicUrl is { } url)
            names.Add(url.Host);
        if (configuration.Listen is { } listen)
            names.Add(
                listen.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                    ? $"[{listen.Address}]"
                    : listen.Address.ToString()
            );
        return names;
    }
}
