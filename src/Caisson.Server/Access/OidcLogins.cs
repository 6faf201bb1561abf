using System.Collections.Concurrent;
using Caisson.Identity;
using Caisson.Identity.Oidc;
using Caisson.Identity.Sessions;

namespace Caisson.Server.Access;

/// <summary>
/// The providers of this installation, and the sessions that stand on their word. Where groups give roles, a session is asked about again before a
/// quarter of an hour is over: with the refresh token, which is in this process's memory and nowhere else. Without one, after a restart for example,
/// the person signs in again, which the provider usually does without a question.
/// </summary>
internal sealed partial class OidcLogins : ISessionRefresh
{
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromMinutes(14);

    /// <summary>Between questions to a provider that is away, however many requests wait for its answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly IdentityServices _identity;
    private readonly TimeProvider _time;
    private readonly ILogger<OidcLogins> _logger;
    private readonly Dictionary<string, OidcProvider> _providers;
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    public OidcLogins(AccessConfiguration configuration, IdentityServices identity, TimeProvider time, ILogger<OidcLogins> logger)
    {
        _identity = identity;
        _time = time;
        _logger = logger;
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        var auth = configuration.Auth;
        _providers = (auth.Mode == "oidc" ? auth.Oidc : []).ToDictionary(
            options => options.Name,
            options => new OidcProvider(options, configuration.OidcSecrets.GetValueOrDefault(options.Name), http, time),
            StringComparer.Ordinal
        );
    }

    internal OidcProvider? Find(string name) => _providers.GetValueOrDefault(name);

    internal OidcProvider? ByIssuer(string? issuer) => _providers.Values.FirstOrDefault(provider => provider.Options.Issuer == issuer);

    /// <summary>When a session of this provider has to be asked about again; null: never.</summary>
    internal DateTimeOffset? RefreshBy(OidcProvider provider) => provider.Options.DependsOnGroups ? _time.GetUtcNow() + RefreshAfter : null;

    internal void Hold(string sessionId, string? refreshToken)
    {
        // What belongs to sessions that are over leaves with the next login.
        foreach (var old in _held.Keys.Where(id => _identity.Sessions.Find(id) is null).ToList())
            _held.TryRemove(old, out _);
        if (refreshToken is not null)
            _held[sessionId] = new Held { Token = refreshToken };
    }

    public async ValueTask<Session?> RefreshAsync(Session session, CancellationToken cancellation)
    {
        if (session.RefreshBy is not { } by || _time.GetUtcNow() < by)
            return session;
        if (ByIssuer(session.Issuer) is not { } provider || !_held.TryGetValue(session.Id, out var held))
            return End(session, "nothing to ask the provider with");
        await held.Gate.WaitAsync(cancellation);
        try
        {
            // Another request of the same browser may have asked meanwhile.
            if (_identity.Sessions.Find(session.Id) is not { RefreshBy: { } now } fresh)
                return null;
            if (_time.GetUtcNow() < now)
                return fresh;
            if (_time.GetUtcNow() < held.NotBefore)
                return null;
            var login = await provider.RefreshAsync(held.Token, cancellation);
            if (login.Person is not { } person || person.Subject != session.Subject)
                return End(session, login.Problem ?? "sub: has changed");
            held.Token = login.RefreshToken ?? held.Token;
            var next = _time.GetUtcNow() + RefreshAfter;
            var granted = person.Granted ?? new HashSet<string>(StringComparer.Ordinal);
            _identity.Sessions.Refresh(session.Id, granted, next);
            return fresh with { Granted = granted, RefreshBy = next };
        }
        catch (OidcException exception) when (exception.IsRefusal)
        {
            return End(session, exception.Message);
        }
        catch (OidcException exception)
        {
            // Nobody is let in on an old word; the session is there again when the provider is.
            LogUnreachable(exception.Message);
            held.NotBefore = _time.GetUtcNow() + Pause;
            return null;
        }
        finally
        {
            held.Gate.Release();
        }
    }

    private Session? End(Session session, string why)
    {
        _held.TryRemove(session.Id, out _);
        if (_identity.Sessions.End(session.Id, session.UserId))
            _identity.Log.Add(
                new()
                {
                    Action = "logout",
                    Actor = session.UserId,
                    Object = session.Id,
                    Outcome = "ok",
                    Reason = $"the provider does not stand by it: {why}",
                }
            );
        return null;
    }

    private sealed class Held
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public required string Token { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }

    [LoggerMessage(1, LogLevel.Warning, "A session can't be asked about: {Message}")]
    private partial void LogUnreachable(string message);
}
