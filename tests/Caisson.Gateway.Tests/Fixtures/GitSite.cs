using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Caisson.Gateway.Tests.Fixtures;

/// <summary>A repository with one commit as git's own <c>http-backend</c> serves it (the Common Gateway Interface, RFC 3875).</summary>
internal sealed class GitSite : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("caisson-git-").FullName;

    public GitSite()
    {
        Git("", "init", "-q", "--bare", "-b", "main", "project.git");
        Commit("first");
    }

    public void Commit(string file)
    {
        var blob = Git(file, "-C", "project.git", "hash-object", "-w", "--stdin");
        var tree = Git($"100644 blob {blob}\t{file}\n", "-C", "project.git", "mktree");
        var commit = Git("", "-C", "project.git", "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", tree, "-m", file);
        Git("", "-C", "project.git", "update-ref", "refs/heads/main", commit);
    }

    public async Task HandleAsync(HttpContext context)
    {
        var start = new ProcessStartInfo("git", ["http-backend"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["GIT_PROJECT_ROOT"] = folder;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["REQUEST_METHOD"] = context.Request.Method;
        start.Environment["PATH_INFO"] = context.Request.Path;
        start.Environment["QUERY_STRING"] = context.Request.QueryString.Value?.TrimStart('?') ?? "";
        start.Environment["CONTENT_TYPE"] = context.Request.ContentType ?? "";
        start.Environment["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString();
        start.Environment["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString();
        using var process = Process.Start(start)!;
        await context.Request.Body.CopyToAsync(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        using var answer = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(answer);
        var bytes = answer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status")
                context.Response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else
                context.Response.Headers[name] = value;
        }
        await context.Response.Body.WriteAsync(bytes.AsMemory(end + 4));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Git(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output.Trim();
    }
}
