using Caisson.Policy.Decisions;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Fetches;

/// <summary>What git's smart HTTP protocol asks to read a repository (gitprotocol-http(5)). Such an answer depends on the request alone.</summary>
internal static class GitRead
{
    /// <summary>A clone says little; who has much to tell has an old clone, and nobody else's.</summary>
    internal const int LongestRequest = 64 * 1024;

    internal static bool Is(RequestFacts facts, HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
            ? facts.Path.EndsWith("/info/refs", StringComparison.Ordinal)
                && facts.Query.Contains("service=git-upload-pack", StringComparison.Ordinal)
            : HttpMethods.IsPost(request.Method)
                && facts.Path.EndsWith("/git-upload-pack", StringComparison.Ordinal)
                && request.ContentLength is <= LongestRequest;
}
