using System.Buffers;
using System.Net;
using System.Security.Cryptography;

namespace Caisson.Agents.Store;

/// <summary>Fetches one archive into a file and checks its sums on the way; the file is only to be used when this returns.</summary>
internal static class ArchiveDownload
{
    private const string Sha512Prefix = "sha512-";

    /// <exception cref="StoreException">Not reachable, refused, too long, or with another sum than the pinned one.</exception>
    internal static async Task FetchAsync(
        HttpClient client,
        Uri source,
        AgentBuild build,
        Stream target,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        using var response = await SendAsync(client, source, cancellation);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var total = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            while (await ReadAsync(body, buffer, source, cancellation) is > 0 and var count)
            {
                total += count;
                if (total > build.Size)
                    throw Mismatch(source, $"it is longer than {build.Size} bytes");
                sha256.AppendData(buffer, 0, count);
                sha512.AppendData(buffer, 0, count);
                await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
                progress(total);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        await target.FlushAsync(cancellation);
        Verify(source, build, total, sha256.GetHashAndReset(), sha512.GetHashAndReset());
    }

    private static void Verify(Uri source, AgentBuild build, long size, byte[] sha256, byte[] sha512)
    {
        if (size != build.Size)
            throw Mismatch(source, $"it has {size} bytes and not {build.Size}");
        if (Convert.ToHexStringLower(sha256) != build.Sha256)
            throw Mismatch(source, $"its SHA-256 is {Convert.ToHexStringLower(sha256)} and not {build.Sha256}");
        if (Sha512Prefix + Convert.ToBase64String(sha512) != build.Integrity)
            throw Mismatch(source, $"its SHA-512 is not the pinned {build.Integrity}");
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Uri source, CancellationToken cancellation)
    {
        try
        {
            var response = await client.GetAsync(source, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode == HttpStatusCode.OK)
                return response;
            response.Dispose();
            throw new StoreException(
                $"{source} answered {(int)response.StatusCode}. If the registry is a mirror, set NPM_REGISTRY to one that has this version."
            );
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(source, error);
        }
    }

    private static async Task<int> ReadAsync(Stream body, byte[] buffer, Uri source, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw Unreachable(source, error);
        }
    }

    private static StoreException Unreachable(Uri source, Exception error) =>
        new(
            $"{source} could not be read: {error.Message} Check the network, or set HTTPS_PROXY or NPM_REGISTRY, and install again.",
            error
        );

    private static StoreException Mismatch(Uri source, string how) =>
        new($"{source} is not the archive that agents.lock pins: {how}. Nothing of it was used; what was installed before is unchanged.");
}
