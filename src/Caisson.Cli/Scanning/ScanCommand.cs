using System.CommandLine;
using System.IO.Pipelines;
using Caisson.Cli.Completion;
using Caisson.Cli.Output;
using Caisson.Cli.Scanning.Reports;
using Caisson.Cli.Terminals;
using Caisson.Detection;
using Caisson.Detection.Findings;
using Caisson.Detection.Known;
using Caisson.Detection.Rules;

namespace Caisson.Cli.Scanning;

/// <summary>
/// <c>caisson scan</c>: the gateway's detectors over files, standard input, or what commits brought. Needs no server, writes nothing, and asks nobody.
/// </summary>
internal static class ScanCommand
{
    private static readonly string[] Forms = ["table", "json", "jsonl", "sarif", "junit", "csv"];

    private static readonly Argument<string[]> Paths = new("path")
    {
        Description = "Files or folders; - for standard input. None: this folder. With --git: one folder, in a repository.",
        HelpName = "PATH|-",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Git = new("--git")
    {
        Description = "Scan what the commits of a range brought, and their messages, instead of files.",
        HelpName = "RANGE",
    };

    private static readonly Option<string?> Format = FormatOption();

    internal static Command Create() =>
        new Command(
            "scan",
            "Looks for secrets in files, standard input or commits. Exit code 1: findings, or something couldn't be scanned."
        )
        {
            Paths,
            Git,
            Format,
        }
            .Prints(ScanJson.Default.ScanReport)
            .Examples("caisson scan --git main..HEAD", "caisson scan src ./notes.txt --format sarif > findings.sarif")
            .Does(RunAsync);

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        var form = result.GetValue(Format) ?? (result.GetValue(Verb.Json) ? "json" : "table");
        var paths = result.GetValue(Paths) is { Length: > 0 } named ? named : ["."];
        var scan = new ContentScan(new Scanner(BuiltInRules.All, KnownIndex.Empty, Fingerprints.Ephemeral(), ScanLimits.Default));
        var gathered = new GatheredResults(form == "table" ? TextReport.Print : null);
        if (result.GetValue(Git) is { } range)
        {
            if (paths is not [var folder] || folder == "-")
                throw new CommandFailure(
                    ExitCode.Usage,
                    "--git takes one folder that is in a repository.",
                    "caisson scan . --git main..HEAD"
                );
            await ScanGitAsync(scan, RequireFolder(folder), range, gathered, cancellation);
        }
        else
            await ScanFilesAsync(scan, [.. paths.Select(Require)], gathered, cancellation);
        var report = gathered.Report();
        Write(report, form);
        TextReport.Words(report);
        return report.Findings.Count > 0 || !report.Complete ? ExitCode.Error : ExitCode.Ok;
    }

    private static void Write(ScanReport report, string form)
    {
        switch (form)
        {
            case "json":
                Printer.Json(report, ScanJson.Default.ScanReport);
                break;
            case "jsonl":
                foreach (var finding in report.Findings)
                    Printer.Json(finding, ScanJson.Default.ScanFinding);
                break;
            case "sarif":
                Console.Out.WriteLine(SarifReport.Of(report));
                break;
            case "junit":
                Console.Out.WriteLine(JUnitReport.Of(report));
                break;
            case "csv":
                Console.Out.Write(CsvReport.Of(report));
                break;
        }
    }

    private static async Task ScanFilesAsync(
        ContentScan scan,
        IReadOnlyList<string> paths,
        GatheredResults gathered,
        CancellationToken cancellation
    )
    {
        await using var work = new OrderedWork(gathered);
        foreach (var path in paths)
        {
            if (path == "-")
            {
                await work.AddAsync(() => Guarded(path, () => scan.Scan("(standard input)", StandardInput.Open(), cancellation)));
                continue;
            }
            foreach (var entry in FileTree.Walk(path))
            {
                cancellation.ThrowIfCancellationRequested();
                await work.AddAsync(() =>
                    entry.Failed is { } reason ? ScanResult.Failed(entry.Path, reason)
                    : entry.Left is { } left ? ScanResult.Left(entry.Path, left)
                    : ScanFile(scan, entry.Path, isNamed: entry.Path == path, cancellation)
                );
            }
        }
        await work.EndAsync();
    }

    private static ScanResult ScanFile(ContentScan scan, string path, bool isNamed, CancellationToken cancellation) =>
        Guarded(
            path,
            () =>
            {
                using var file = RegularFile.Open(path, follow: isNamed);
                return file is null ? ScanResult.Left(path, "a pipe, socket or device") : scan.Scan(path, file, cancellation);
            }
        );

    private static ScanResult Guarded(string path, Func<ScanResult> scan)
    {
        try
        {
            return scan();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ScanResult.Failed(path, exception.Message);
        }
    }

    private static async Task ScanGitAsync(
        ContentScan scan,
        string folder,
        string range,
        GatheredResults gathered,
        CancellationToken cancellation
    )
    {
        var git = new GitRange(folder, range);
        var commits = await git.CommitsAsync(cancellation);
        gathered.Commits = commits.Count;
        if (commits.Count == 0)
            return;
        var pipe = new Pipe();
        var writing = Task.Run(() => git.WriteAsync(commits, pipe.Writer, cancellation), cancellation);
        await using (var work = new OrderedWork(gathered))
        {
            await using var stream = pipe.Reader.AsStream();
            foreach (var part in new DiffReader(stream).Read())
            {
                cancellation.ThrowIfCancellationRequested();
                await work.AddAsync(() => Guarded(part.File, () => ScanPart(scan, git, part, cancellation)));
            }
            await work.EndAsync();
        }
        if (await writing is { Length: > 0 } error)
            gathered.Add(ScanResult.Failed(folder, $"git diff-tree failed: {error}"));
    }

    private static ScanResult ScanPart(ContentScan scan, GitRange git, GitPart part, CancellationToken cancellation)
    {
        if (part.Blob is null)
        {
            var found = scan.Scan(part.File, new MemoryStream(part.Text, writable: false), cancellation);
            return found with
            {
                Commit = part.Commit,
                Counted = part.IsFirst && part.File != DiffReader.Message,
                Findings = [.. found.Findings.Select(finding => Moved(finding, part))],
            };
        }
        var pipe = new Pipe();
        var writing = Task.Run(() => git.WriteBlobAsync(part.Blob, pipe.Writer, cancellation), cancellation);
        ScanResult result;
        using (var stream = pipe.Reader.AsStream())
            result = scan.Scan(part.File, stream, cancellation);
#pragma warning disable VSTHRD002 // This thread has nothing else to do, and the other one has ended its stream.
        var error = writing.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        return result with
        {
            Commit = part.Commit,
            Findings = [.. result.Findings.Select(finding => Moved(finding, part))],
            Failure = error.Length > 0 ? new ScanNote(part.File, $"git cat-file failed: {error}") : null,
        };
    }

    // The lines of a part are counted from where it begins in its file.
    private static ScanFinding Moved(ScanFinding finding, GitPart part) =>
        finding with
        {
            Commit = part.Commit,
            Line = finding.Line + part.Line - 1,
            EndLine = finding.EndLine + part.Line - 1,
        };

    private static string Require(string path) =>
        path == "-" || Path.Exists(path)
            ? path
            : throw new CommandFailure(ExitCode.Usage, $"There is no {Shown.Of(path)}.", "caisson scan --help");

    private static string RequireFolder(string path) =>
        Directory.Exists(path) ? path : throw new CommandFailure(ExitCode.Usage, $"{Shown.Of(path)} is no folder.", "caisson scan --help");

    private static Option<string?> FormatOption()
    {
        var option = new Option<string?>("--format")
        {
            Description = "table (default), json, jsonl, sarif, junit or csv.",
            HelpName = "FORM",
        };
        option.AcceptOnlyFromAmong(Forms);
        option.Completes(LiveNames.Words(Forms));
        return option;
    }
}
