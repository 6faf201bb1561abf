using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Caisson.Api;
using Caisson.Cli.Output;

namespace Caisson.Cli.Connection;

/// <summary>
/// The REST API: over the Unix socket of this machine's server, or at the server that this command line is signed in at. Problems become
/// <see cref="CommandFailure"/>s.
/// </summary>
internal sealed class ServerClient : IDisposable
{
    private readonly SocketsHttpHandler handler;
    private readonly HttpClient http;

    /// <summary>What to do when nobody answers.</summary>
    private readonly string remedy;

    private ServerClient(SocketsHttpHandler handler, Uri address, string remedy)
    {
        this.handler = handler;
        this.remedy = remedy;
        http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    private ServerClient()
        : this(
            new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false },
            new Uri("http://caisson"),
            $"Look at {CaissonHome.ServerLog}."
        ) { }

    /// <summary>A server somewhere else. A redirect is not followed: the token is for this address alone.</summary>
    internal static ServerClient At(Uri address, string? token)
    {
        var client = new ServerClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(15) },
            address,
            $"Look whether {address} opens in a browser."
        );
        if (token is not null)
            client.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The server that this command line is signed in at, or else the one of this machine: for what belongs to a server and not to a machine.</summary>
    internal static async Task<ServerClient> OpenSignedInAsync(CancellationToken cancellation) =>
        SavedLogin.Load() is { } login ? At(new Uri(login.Server), login.Token) : await OpenAsync(cancellation);

    /// <summary>The server of this machine, which is started when it is not running.</summary>
    internal static async Task<ServerClient> OpenAsync(CancellationToken cancellation)
    {
        await ServerProcess.EnsureAsync(cancellation);
        return new ServerClient();
    }

    /// <summary>For who asks only where one listens already.</summary>
    internal static ServerClient Running() => new();

    internal Task<TAnswer> GetAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), answer, cancellation);

    internal Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellation
    ) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, bodyType) }, answer, cancellation);

    internal Task<TAnswer> PutAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellation
    ) => SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body, bodyType) }, answer, cancellation);

    /// <summary>Changes a thing as it is now: whoever types this has not looked at an older one for long.</summary>
    internal async Task<TAnswer> PatchAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellation
    )
    {
        using var present = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(body, bodyType) };
        request.Headers.IfMatch.Add(present.Headers.ETag ?? EntityTagHeaderValue.Any);
        return await SendAsync(request, answer, cancellation);
    }

    internal Task<TAnswer> DeleteAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), answer, cancellation);

    internal Task DeleteAsync(string path, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancellation);

    internal Task PostAsync(string path, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path), cancellation);

    /// <summary>Copies a text as it is.</summary>
    internal async Task CopyAsync(string path, Stream target, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw Failure(await JsonSerializer.DeserializeAsync(body, Lenient(ApiJson.Default.Problem), cancellation) ?? new Problem());
        await body.CopyToAsync(target, cancellation);
    }

    internal async Task<WebSocket> StreamAsync(string path, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        try
        {
            await socket.ConnectAsync(new Uri("ws://caisson" + path), new HttpMessageInvoker(handler, disposeHandler: false), cancellation);
            return socket;
        }
        catch (WebSocketException exception)
        {
            throw new CommandFailure(
                ExitCode.Unreachable,
                $"The terminal could not be opened: {exception.InnerException?.Message ?? exception.Message}"
            );
        }
    }

    public void Dispose()
    {
        http.Dispose();
        handler.Dispose();
    }

    private Task<TAnswer> SendAsync<TAnswer>(HttpRequestMessage request, JsonTypeInfo<TAnswer> type, CancellationToken cancellation) =>
        SendAsync(
            request,
            async body =>
                await JsonSerializer.DeserializeAsync(body, Lenient(type), cancellation) ?? throw new JsonException("an empty answer"),
            cancellation
        );

    private Task SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync(request, _ => Task.FromResult(true), cancellation);

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpRequestMessage request,
        Func<Stream, Task<TAnswer>> read,
        CancellationToken cancellation
    )
    {
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            if (response.Headers.TryGetValues(BuildInformation.Header, out var version))
                VersionDifference.Check(VersionDifference.Own.Version, version.First());
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            if (!response.IsSuccessStatusCode)
                throw Failure(
                    await JsonSerializer.DeserializeAsync(body, Lenient(ApiJson.Default.Problem), cancellation)
                        ?? new Problem { Status = (int)response.StatusCode }
                );
            return await read(body);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailure(ExitCode.Unreachable, $"The server can't be reached: {exception.Message}", remedy);
        }
        catch (JsonException exception)
        {
            throw new CommandFailure(
                ExitCode.Error,
                $"The server's answer is not understood ({exception.Message}); server and command may differ in version.",
                "caisson version"
            );
        }
    }

    /// <summary>
    /// What a newer server tells beside what this command knows is passed over. The server itself refuses what it does not know, since there a misspelt
    /// member would mean something else than was asked for.
    /// </summary>
    internal static JsonTypeInfo<T> Lenient<T>(JsonTypeInfo<T> type)
    {
        var options = new JsonSerializerOptions(type.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    private static CommandFailure Failure(Problem problem) =>
        new(
            ExitCode.For(problem),
            problem.Detail.Length > 0 ? problem.Detail : $"The server answered {problem.Status}.",
            problem.Fix,
            problem.Errors
        )
        {
            ProblemCode = problem.Code,
        };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(CaissonHome.Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
