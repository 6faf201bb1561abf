using System.Security.Cryptography;
using System.Text;
using Caisson.Policy;

namespace Caisson.Gateway.Fetches;

/// <summary>
/// What makes two requests one: everything that would leave, the credential's value with it, and how its upstream is found and trusted. Keyed anew in each
/// process, so that it says nothing about the value.
/// </summary>
internal sealed class FetchKey
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    internal string Of(HttpRequestMessage request, byte[] body, Route route)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        Add(hash, request.Method.Method);
        Add(hash, request.Version.ToString());
        Add(hash, request.RequestUri!.OriginalString);
        Add(hash, string.Join(',', route.AllowPrivate));
        Add(hash, route.UpstreamCa ?? "");
        foreach (var headers in new[] { request.Headers.NonValidated, request.Content?.Headers.NonValidated ?? default })
        {
            foreach (var (name, values) in headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
            {
                foreach (var value in values)
                {
                    Add(hash, name.ToUpperInvariant());
                    Add(hash, value);
                }
            }
            Add(hash, "");
        }
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>With its length in front: no two lists of texts are one.</summary>
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
