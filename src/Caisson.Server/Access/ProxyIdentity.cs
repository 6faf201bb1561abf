using System.Security.Cryptography;
using System.Text;
using Caisson.Identity;
using Caisson.Identity.Subjects;

namespace Caisson.Server.Access;

/// <summary>Reads who the trusted proxy says is there. What can be understood in two ways is refused.</summary>
internal sealed class ProxyIdentity(AccessConfiguration configuration, IdentityServices identity)
{
    private readonly byte[]? _secret = configuration.ProxySecret is { } secret ? SHA256.HashData(Encoding.UTF8.GetBytes(secret)) : null;

    /// <summary>The person, or null when the headers name nobody; or the answer to headers that can't be believed.</summary>
    internal (Subject? Subject, IResult? Refusal) Read(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (configuration.Auth.Mode != "proxy" || !caller.ByTrustedProxy)
            return (null, null);
        if (_secret is not null && !HasSecret(context))
        {
            context.Audit("login", "refused", reason: "the proxy's secret is missing or wrong");
            return (null, null);
        }
        string? address = null;
        foreach (var name in configuration.Auth.Headers)
        {
            var values = context.Request.Headers[name];
            if (values.Count > 1)
                return (null, Ambiguous(context, $"{name} is there {values.Count} times"));
            var value = values.ToString();
            if (value.Length == 0)
                continue;
            if (value.Contains(',', StringComparison.Ordinal))
                return (null, Ambiguous(context, $"{name} is a list"));
            var read = configuration.Auth.UserNames
                ? EmailAddress.NormaliseUserName(value, out var problem)
                : EmailAddress.Normalise(value, out problem);
            // Only the first has to be readable: others are often a plain name beside the address.
            if (read is null && address is null)
                return (null, AccessAnswers.InvalidAddress(name, problem!));
            if (address is not null && read is not null && read != address && !(configuration.Auth.UserNames && !IsAddress(read)))
                return (null, Ambiguous(context, $"{name} names somebody else than the header before it"));
            address ??= read;
        }
        return address is null ? (null, null) : (Known(context, address), null);
    }

    private Subject? Known(HttpContext context, string address)
    {
        // Nobody becomes the user of this installation by a header.
        if (address == UserStore.LocalAddress)
            return null;
        var user = identity.Users.FindByAddress(address);
        if (user is null)
        {
            user = identity.Users.Ensure(address, address, NewRoles.Of(configuration.Auth, address));
            context.Audit("login", "ok", user.Id, "first seen through the proxy", actor: user.Id, after: string.Join(' ', user.Roles));
        }
        return user.Disabled is null ? Subjects.Person(user, Caller.Of(context).Source) : null;
    }

    private bool HasSecret(HttpContext context)
    {
        var given = context.Request.Headers[ForwardedRequests.SecretHeader];
        return given.Count == 1
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given.ToString())), _secret);
    }

    private static bool IsAddress(string name) => name.Contains('@', StringComparison.Ordinal);

    private static IResult Ambiguous(HttpContext context, string why)
    {
        context.Audit("login", "refused", reason: $"ambiguous_identity: {why}");
        return AccessAnswers.AmbiguousIdentity(why);
    }
}
