using System.Text;
using Caisson.Policy.Decisions;

namespace Caisson.Gateway.Http;

/// <summary>Instead of step 6: a client that asks for a new token gets placeholders. The vendor never hears of it, so no renewal of the sandbox's can end
/// the login of the machine.</summary>
internal static class Renewal
{
    /// <returns>Null when it was answered; else why not.</returns>
    public static async Task<Decision?> AnswerAsync(ExitRequest request, string login)
    {
        var renewal = request.Flow.Exit.Renew?.Invoke(login);
        if (renewal?.Json is not { } json)
            return Injection.Unavailable(renewal?.Unavailable ?? $"Nothing renews the login {login} here.", retryable: false);
        var response = request.Context.Response;
        var body = Encoding.UTF8.GetBytes(json);
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, request.Context.RequestAborted);
        request.ResponseBytes = body.Length;
        return null;
    }
}
