using Caisson.Policy;

namespace Caisson.Gateway.Fetches;

/// <summary>Stands in for a sandbox's own client for one request: sends it by a shared fetch, which may be under way.</summary>
/// <param name="direct">The sandbox's own, where the answer isn't shared.</param>
internal sealed class SharingHandler(SharedFetches fetches, FetchSharing sharing, Route route, HttpMessageInvoker direct)
    : HttpMessageHandler
{
    private FetchBody? reading;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        if (request.Content is { } content)
            await content.CopyToAsync(read, cancellationToken);
        var body = read.ToArray();
        var key = fetches.Keys.Of(request, body, route);
        if (fetches.Join(key, sharing.Asked, route, () => Copy(request, body)) is not { } joined)
            return await AloneAsync(request, body, cancellationToken);
        var fetch = joined.Fetch;
        reading = new FetchBody(fetch, () => fetches.Leave(fetch));
        FetchHead head;
        try
        {
            head = await fetch.Head.WaitAsync(cancellationToken);
        }
        catch (FetchNotKeptException)
        {
            await reading.DisposeAsync();
            return await AloneAsync(request, body, cancellationToken);
        }
        sharing.Count(joined.IsJoined);
        var answer = new HttpResponseMessage(head.Status)
        {
            Version = head.Version,
            RequestMessage = request,
            Content = new StreamContent(reading),
        };
        foreach (var (name, value) in head.Headers)
            answer.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in head.ContentHeaders)
            answer.Content.Headers.TryAddWithoutValidation(name, value);
        return answer;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reading?.Dispose();
        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> AloneAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellation)
    {
        sharing.Count(isJoined: false);
        return await direct.SendAsync(Copy(request, body), cancellation);
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[] body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
            copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        if (request.Content is not { } content)
            return copy;
        copy.Content = new ByteArrayContent(body);
        foreach (var (name, values) in content.Headers.NonValidated)
            copy.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        return copy;
    }
}
