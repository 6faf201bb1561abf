using System.Globalization;
using System.Text;

namespace Caisson.Server.Endpoints;

/// <summary>One stream of server-sent events (the HTML standard, 9.2). Writers wait for the client: what it doesn't read is not made.</summary>
internal sealed class ServerSentEvents(HttpContext context) : IDisposable
{
    /// <summary>Between two comments while nothing happens, so that proxies keep the connection.</summary>
    internal static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(
        context.RequestAborted,
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
    );

    public void Dispose() => _ending.Dispose();

    internal bool IsOpen => !_ending.IsCancellationRequested;

    /// <summary>Waits for the first of these, and writes a comment when none comes in time or the client leaves.</summary>
    internal async Task WaitAsync(TimeProvider time, params Func<CancellationToken, Task>[] news)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        var beat = Task.Delay(Beat, time, limit.Token);
        var first = await Task.WhenAny([beat, .. news.Select(wait => wait(limit.Token))]);
        if (first == beat && IsOpen)
            await CommentAsync();
        await limit.CancelAsync();
    }

    internal async Task BeginAsync()
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(context.RequestAborted);
        await CommentAsync();
    }

    /// <param name="id">Null: the client keeps the one it has.</param>
    /// <param name="data">One line of JSON.</param>
    internal void Add(long? id, string type, string data)
    {
        var text = new StringBuilder();
        if (id is { } number)
            text.Append("id: ").Append(number.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append("event: ").Append(type).Append("\ndata: ").Append(data).Append("\n\n");
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        bytes.CopyTo(context.Response.BodyWriter.GetSpan(bytes.Length));
        context.Response.BodyWriter.Advance(bytes.Length);
    }

    internal async Task FlushAsync() => await context.Response.BodyWriter.FlushAsync(context.RequestAborted);

    internal async Task CommentAsync()
    {
        ": \n\n"u8.CopyTo(context.Response.BodyWriter.GetSpan(4));
        context.Response.BodyWriter.Advance(4);
        await FlushAsync();
    }

    /// <summary>What the client saw last: the header that browsers send, or for the first connection a query.</summary>
    internal static bool TryResume(HttpContext context, out long after)
    {
        var text = context.Request.Headers["Last-Event-ID"].ToString();
        if (text.Length == 0)
            text = context.Request.Query["after"].ToString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after);
    }
}
