using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Caisson.Identity;
using Caisson.Server.Access;
using Microsoft.AspNetCore.StaticFiles;

namespace Caisson.Server.Web;

/// <summary>
/// The web app's files, built into <c>web/</c> beside the server program. What has a hash of its content in its name may be kept for ever; the page
/// itself is asked for each time, and has the person's theme in its first byte.
/// </summary>
internal sealed class WebApp(RequestDelegate next, string directory, IdentityServices identity)
{
    private const string ThemeCookie = "caisson-theme";
    private const string PageTheme = "data-theme=\"system\"";
    private const string PageSchemes = "<meta name=\"color-scheme\" content=\"light dark\"";

    /// <summary>The documents, as pages made from <c>docs/</c> when the web app is built. They need no script and nobody signed in.</summary>
    private const string DocumentsFolder = "/docs";

    private const string NotBuilt = """
        <!doctype html>
        <html lang="en" data-theme="system">
          <head><meta charset="utf-8" /><meta name="color-scheme" content="light dark" /><title>Caisson</title></head>
          <body>
            <h1>Caisson</h1>
            <p>The server runs. Its web app was not built into this installation: <code>./dev build</code> does that.</p>
          </body>
        </html>
        """;

    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly string _root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (
            context.GetEndpoint() is not null
            || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        )
            return next(context);
        if (request.Path == DocumentsFolder)
        {
            // Its links count from the folder.
            context.Response.Redirect(DocumentsFolder + "/", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        }
        if (Find(request.Path == DocumentsFolder + "/" ? DocumentsFolder + "/index.html" : request.Path) is { } file)
            return FileAsync(context, file);
        // Addresses of pages have no extension; a missing picture is missing.
        return Path.HasExtension(request.Path) || !request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            ? next(context)
            : PageAsync(context);
    }

    private string? Find(PathString path)
    {
        var full = Path.GetFullPath(_root + path.Value!.TrimStart('/'));
        return full.StartsWith(_root, StringComparison.Ordinal) && full != _root + "index.html" && File.Exists(full) ? full : null;
    }

    private async Task FileAsync(HttpContext context, string file)
    {
        var response = context.Response;
        response.ContentType = Types.TryGetContentType(file, out var type) ? type : "application/octet-stream";
        var hashed = file.StartsWith(_root + "assets" + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        response.Headers.CacheControl = hashed ? "public, max-age=31536000, immutable" : "no-cache";
        if (!hashed)
        {
            await using var content = File.OpenRead(file);
            var tag = $"\"{Convert.ToHexStringLower(await SHA256.HashDataAsync(content, context.RequestAborted))[..32]}\"";
            response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.Contains(tag, StringComparer.Ordinal))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        else
            file = Compressed(context, file);
        response.ContentLength = new FileInfo(file).Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await response.SendFileAsync(file, context.RequestAborted);
    }

    /// <summary>The form that the build put beside it, as far as the browser reads it: nothing is compressed while somebody waits.</summary>
    private static string Compressed(HttpContext context, string file)
    {
        if (!File.Exists(file + ".gz"))
            return file;
        context.Response.Headers.Vary = "Accept-Encoding";
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        foreach (var (coding, extension) in new[] { ("br", ".br"), ("gzip", ".gz") })
        {
            if (!accepted.Any(one => one.Value == coding && one.Quality is not 0) || !File.Exists(file + extension))
                continue;
            context.Response.Headers.ContentEncoding = coding;
            return file + extension;
        }
        return file;
    }

    private async Task PageAsync(HttpContext context)
    {
        var index = _root + "index.html";
        var page = File.Exists(index) ? await File.ReadAllTextAsync(index, context.RequestAborted) : NotBuilt;
        if (Theme(context) is { } theme)
            page = page.Replace(PageTheme, $"data-theme=\"{theme}\"", StringComparison.Ordinal)
                .Replace(PageSchemes, $"<meta name=\"color-scheme\" content=\"{theme}\"", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(page);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        // The same address looks different to different people.
        context.Response.Headers.Vary = "Cookie";
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>What the person chose, else what this browser chose before anybody signed in; null follows the system.</summary>
    private string? Theme(HttpContext context)
    {
        var chosen = Caller.Of(context).Subject is { } subject ? Chosen(identity.Settings.Get(subject.UserId).Json) : null;
        chosen ??= context.Request.Cookies[ThemeCookie];
        return chosen is "light" or "dark" ? chosen : null;
    }

    private static string? Chosen(string json)
    {
        using var settings = JsonDocument.Parse(json);
        return settings.RootElement.TryGetProperty("theme", out var theme) ? theme.GetString() : null;
    }
}
